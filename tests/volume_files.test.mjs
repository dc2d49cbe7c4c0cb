// Files of volumes beside the image: every format of results, labels on another grid, and a whole volume on WebGPU.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { predict, program } from "./harness/command_line.mjs";
import { readDicom } from "./harness/dicom.mjs";
import { artefacts, root, samples, skipWithout } from "./harness/files.mjs";
import { differenceInPlace, middleOfNifti, otherDirection, readNifti } from "./harness/nifti.mjs";
import { session } from "./harness/session.mjs";
import { readZip } from "./harness/zip.mjs";

/** What lies on the border of two classes may fall over in another order of sums. */
const MOST_DIFFERENT_VOXELS = 0.001;
const LARGEST_MAP_DIFFERENCE = 1e-3;

const { models } = JSON.parse(readFileSync(join(root, "web/models/index.json"), "utf8"));
/** A network for volumes. */
const model = models.find((model) => model.dimensions === 3).id;
const series = join(samples, "dicom_series_hippo");
const twin = join(samples, "dicom_series_hippo_image.nii.gz");
const labels = join(samples, "dicom_series_hippo_label.nii.gz");

/** Opens the page with a network for volumes, and nothing under way. */
async function open(here, backend) {
  const visit = await here.open(`?backend=${backend}&model=${model}`);
  await visit.state("done", "idle");
  return visit;
}

/** The table of scores: heading of each row to its first number. */
async function scores(visit) {
  await visit.page.waitForFunction(() => document.querySelectorAll("[aria-labelledby=check-head] td").length > 0, {
    timeout: 60_000,
  });
  return visit.page.$$eval("[aria-labelledby=check-head] tr", (rows) =>
    Object.fromEntries(
      rows
        .filter((row) => row.querySelector("td"))
        .map((row) => [row.querySelector("th").innerText, row.querySelector("td").innerText]),
    ),
  );
}

const [webgpu, cpu] = ["webgpu", "cpu"].map((backend) => setUps.find((setUp) => setUp.backend === backend));

describe(`files of volumes, ${cpu.name}`, () => {
  const here = session(cpu);
  const stem = "dicom_series_hippo";

  it("DICOM and BIDS hold what the command line writes", { skip: skipWithout(series, program) }, async () => {
    const visit = await open(here, "cpu");
    await visit.result(() => visit.dropFromSystem(series));
    const names = [`${stem}_seg.dcm`, `${stem}_ranking.dcm`];
    const reference = predict(model, series, names, ["ranking"], "dicom");
    await visit.select("Format", "dicom");
    const [mask, expectedMask] = [await visit.save("Save mask", names[0]), reference[names[0]]].map(readDicom);
    const [map, expectedMap] = [await visit.save("Save uncertainty", names[1]), reference[names[1]]].map(readDicom);
    for (const [object, expected, kind] of [
      [mask, expectedMask, "1.2.840.10008.5.1.4.1.1.66.4"],
      [map, expectedMap, "1.2.840.10008.5.1.4.1.1.30"],
    ]) {
      assert.equal(object.text("00080016"), kind, "SOP class");
      // Study, frame of reference, patient's identifier, frames, rows and columns.
      for (const tag of ["0020000d", "00200052", "00100020", "00280008", "00280010", "00280011"]) {
        assert.equal(object.text(tag), expected.text(tag), tag);
      }
      assert.notEqual(object.text("0020000d"), "", "the study is the source's");
    }
    const [bits, expectedBits] = [mask, expectedMask].map((object) => object.bytes("7fe00010"));
    assert.equal(bits.length, expectedBits.length);
    const different = bits.reduce((sum, byte, at) => sum + (byte !== expectedBits[at]), 0);
    assert.ok(bits.some((byte) => byte !== 0), "something is marked");
    assert.ok(different <= 8 * MOST_DIFFERENT_VOXELS * bits.length, `${different} bytes of the mask differ`);
    const [values, expectedValues] = [map, expectedMap].map((object) => object.bytes("7fe00008"));
    assert.equal(values.length, expectedValues.length);
    for (let at = 0; at < values.length; at += 4) {
      const difference = Math.abs(values.readFloatLE(at) - expectedValues.readFloatLE(at));
      assert.ok(difference <= LARGEST_MAP_DIFFERENCE, `the map differs by ${difference}`);
    }

    const nifti = async (format, name) => {
      await visit.select("Format", format);
      return visit.save("Save mask", name);
    };
    const plain = readNifti(await nifti("nifti", `${stem}_seg.nii.gz`));
    const files = readZip(await nifti("bids", `${stem}_desc-segwithu_dseg.zip`));
    const name = (ending) => Object.keys(files).find((name) => name.endsWith(ending)) ?? assert.fail(`no ${ending}`);
    const archived = readNifti(files[name("_desc-segwithu_dseg.nii.gz")]);
    assert.equal(differenceInPlace(archived, plain), 0);
    const sidecar = JSON.parse(files[name("_desc-segwithu_dseg.json")].toString());
    const { sha256 } = JSON.parse(readFileSync(join(root, "web/models", model, "model.json"), "utf8")).weights;
    assert.ok(JSON.stringify(sidecar).includes(sha256), "the sidecar names the weights");
    const slicer = await nifti("nrrd", `${stem}.seg.nrrd`);
    assert.equal(slicer.toString("latin1", 0, 4), "NRRD");
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("labels that are stored in another direction give the same scores", { skip: skipWithout(twin, labels) }, async () => {
    const other = join(artefacts, "labels_other_direction.nii.gz");
    writeFileSync(other, otherDirection(readFileSync(labels)));
    const visit = await open(here, "cpu");
    const found = [];
    for (const path of [labels, other]) {
      await visit.result(() => visit.choose(twin));
      await visit.choose(path, "input#open-labels");
      found.push(await scores(visit));
      assert.equal(await visit.alert(), "");
      await visit.screenshot(`${cpu.key}-labels-${found.length}`);
    }
    console.log(`${model} on ${stem}: ${JSON.stringify(found[0])}`);
    assert.deepEqual(found[1], found[0]);
    const dice = Object.entries(found[0]).filter(([heading]) => heading.startsWith("Dice"));
    assert.ok(dice.length > 0 && dice.every(([, value]) => Number(value) > 0.5), JSON.stringify(dice));
    visit.assertClean(here.server.origin);
    await visit.close();
  });
});

describe(`a volume, ${webgpu.name}`, () => {
  const here = session(webgpu);

  it("mask and map on WebGPU are those of the command line", { skip: skipWithout(twin, program) }, async () => {
    const path = join(artefacts, "webgpu.nii.gz");
    // Two windows, which overlap: the software adapter takes its time for each.
    writeFileSync(path, middleOfNifti(readFileSync(twin), [32, 48, 40]));
    const visit = await here.open(`?backend=webgpu&model=${model}`);
    await visit.state("done", "idle");
    const main = await visit.result(() => visit.choose(path));
    assert.equal(main.backend, "webgpu");
    const { windows } = JSON.parse(await visit.save("Save report", "webgpu_report.json"));
    assert.equal(windows, 2);
    await visit.screenshot(`${webgpu.key}-volume`);
    const names = ["webgpu_seg.nii.gz", "webgpu_ranking.nii.gz"];
    const reference = predict(model, path, names, ["ranking"]);
    const share = differenceInPlace(readNifti(await visit.save("Save mask", names[0])), readNifti(reference[names[0]]));
    console.log(`${webgpu.name}: ${(100 * share).toFixed(4)} % of the mask's voxels differ`);
    assert.ok(share <= MOST_DIFFERENT_VOXELS, `${share} of the mask's voxels differ`);
    const [map, expected] = [await visit.save("Save uncertainty", names[1]), reference[names[1]]].map(readNifti);
    const most = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const difference = most(map.data.map((value, at) => value - expected.data[at])) / Math.max(1, most(expected.data));
    assert.ok(difference <= LARGEST_MAP_DIFFERENCE, `the map differs by ${difference}`);
    visit.assertClean(here.server.origin);
    await visit.close();
  });
});
