// Volumes: three linked views that lie as the patient does, whatever the order of the voxels in the file, and masks that
// are saved where they belong. In Chromium on the CPU: what is drawn and saved does not depend on the browser.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { setUps } from "./harness/browsers.mjs";
import { predict, program } from "./harness/command_line.mjs";
import { artefacts, root, samples, skipWithout } from "./harness/files.mjs";
import { differenceInPlace, readNifti, repeatedNifti } from "./harness/nifti.mjs";
import { session } from "./harness/session.mjs";

const setUp = setUps.find((setUp) => setUp.backend === "cpu");
/** What lies on the border of two classes may fall over in another order of sums. */
const MOST_DIFFERENT_VOXELS = 0.001;
/** The DICOM series holds whole numbers, its twin fractions; its rows run in the opposite direction. */
const MOST_DIFFERENT_TWINS = 0.001;
/** About what the object fills, so that the former bound means something. */
const LEAST_DIFFERENT_MIRRORED = 0.03;

const { models } = JSON.parse(readFileSync(join(root, "web/models/index.json"), "utf8"));
/** A network for volumes where there is one, else one for pictures, plane by plane. */
const model = (models.find((model) => model.dimensions === 3) ?? models[0]).id;
const query = `?backend=cpu&model=${model}`;

const orientations = ["RAS", "LPS", "PIR", "SAR", "IPL"].map((name) => join(samples, `nifti/anat_${name}.nii.gz`));
const series = join(samples, "dicom_series_hippo");
const twin = join(samples, "dicom_series_hippo_image.nii.gz");

/** A real scan with another number of planes: few, because the CPU takes its time for each, or many, to give up. */
function scan(name, planes) {
  const path = join(artefacts, name);
  const bytes = readFileSync(twin);
  const [columns, rows] = readNifti(bytes).shape;
  writeFileSync(path, repeatedNifti(bytes, [columns, rows, planes]));
  return path;
}

/** Opens a volume and waits until it is on screen, segmented or not. */
async function open(visit, path) {
  await visit.choose(path);
  await visit.page.waitForFunction(
    (name) => document.querySelector(".status .file").textContent.startsWith(name),
    { timeout: 60_000 },
    basename(path),
  );
}

/** Gives up the segmentation, if it is not done by then. */
async function giveUp(visit) {
  if ((await visit.main()).state === "running") await visit.press("Cancel");
  await visit.state("done", "idle");
}

/** The letters at the edges of a view: left, right, top, bottom. */
async function letters(visit, view) {
  return visit.page.$$eval(`[role=group][aria-label="${view}"] .letter`, (spans) =>
    spans.map((span) => span.innerText).join(""),
  );
}

/** Moves the crosshair a voxel away from the middle, and makes sure of it: a page that is still being built loses keys. */
async function leaveTheMiddle(visit) {
  const place = async () => (await visit.readout())["Patient, mm"];
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await visit.page.focus('[role=group][aria-label="Axial"] canvas');
    await visit.page.keyboard.press("Escape");
    await visit.picture("Axial");
    const middle = await place();
    await visit.page.keyboard.press("ArrowUp");
    for (let wait = 0; wait < 20; wait += 1) {
      if ((await place()) !== middle) return;
      await pause(50);
    }
  }
  assert.fail("the arrow keys do not move the crosshair");
}

/** Millimetres to the patient's right, front and head. */
async function place(visit) {
  const text = (await visit.readout())["Patient, mm"];
  return text.split(", ").map((part) => {
    const [, side, value] = /^([RLAPSI])\s([\d.]+)$/.exec(part) ?? assert.fail(`"${text}"`);
    return "RAS".includes(side) ? Number(value) : -Number(value);
  });
}

describe(`volumes, ${setUp.name}`, () => {
  const here = session(setUp);

  it("every orientation of one scan gives the same three pictures", { skip: skipWithout(...orientations) }, async () => {
    const visit = await here.open("?backend=cpu");
    await visit.state("done");
    // The image alone, without crosshair: what is compared is where the voxels are drawn.
    await visit.page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
    await visit.slide("Wipe (image alone on the left)", 100);
    const seen = {};
    for (const path of orientations) {
      // A result that comes while pictures are compared would change the room that they have.
      await visit.result(() => open(visit, path));
      await visit.page.$eval(".toolbar .tick input", (tick) => tick.checked && tick.click());
      // The same place in all of them, where nothing found can draw the crosshair.
      await leaveTheMiddle(visit);
      for (const [view, edges] of [
        ["Axial", "RLAP"],
        ["Coronal", "RLSI"],
        ["Sagittal", "APSI"],
      ]) {
        await visit.pick(view);
        assert.equal(await letters(visit, view), edges, `${view} of ${basename(path)}`);
        seen[view] ??= await visit.picture(view);
        assert.ok(await visit.draws(view, seen[view]), `the ${view} view of ${basename(path)} differs from the first one`);
        if (path === orientations[0]) await visit.screenshot(`${setUp.key}-${view}`);
      }
      await visit.pick("All");
      if (path === orientations[0]) await visit.screenshot(`${setUp.key}-views`);
      await giveUp(visit);
    }
    assert.equal(new Set(Object.values(seen)).size, 3, "three views, three pictures");
    await visit.close();
  });

  it("crosshair, sliders and keys go where the letters say, in both conventions", { skip: skipWithout(twin) }, async () => {
    const visit = await here.open(query);
    await visit.state("done", "idle");
    await open(visit, twin);
    const canvas = (view) => visit.page.$(`[role=group][aria-label="${view}"] canvas`);
    const press = async (view, key) => {
      const from = await place(visit);
      await (await canvas(view)).focus();
      await visit.page.keyboard.press(key);
      const to = await place(visit);
      return to.map((value, axis) => Math.sign(Math.round(10 * (value - from[axis]))));
    };
    for (const [convention, towards] of [
      ["radiological", 1],
      ["neurological", -1],
    ]) {
      await visit.select("Convention", convention);
      assert.equal((await letters(visit, "Axial"))[0], towards > 0 ? "R" : "L");
      assert.deepEqual(await press("Axial", "ArrowLeft"), [towards, 0, 0], "to the left of the screen");
      assert.deepEqual(await press("Coronal", "ArrowRight"), [-towards, 0, 0]);
    }
    assert.deepEqual(await press("Axial", "ArrowUp"), [0, 1, 0], "up is the patient's front");
    assert.deepEqual(await press("Coronal", "ArrowUp"), [0, 0, 1], "up is the patient's head");
    assert.deepEqual(await press("Sagittal", "ArrowLeft"), [0, 1, 0], "the face is on the left");
    assert.deepEqual((await press("Axial", "PageUp")).slice(0, 2), [0, 0]);

    // Sliders follow the crosshair, and lead it.
    const before = await visit.slider("Axial slice");
    const other = await visit.picture("Axial");
    const slider = await visit.page.waitForSelector('::-p-aria([name="Axial slice"][role="slider"])');
    await slider.focus();
    await visit.page.keyboard.press("ArrowRight");
    assert.equal(await visit.slider("Axial slice"), before + 1);
    assert.ok(await visit.draws("Axial", other, false), "another picture");
    const { x, y, width, height } = await (await canvas("Axial")).boundingBox();
    const [coronal, sagittal] = [await visit.slider("Coronal slice"), await visit.slider("Sagittal slice")];
    await visit.page.mouse.click(x + 0.45 * width, y + 0.4 * height);
    assert.notEqual(await visit.slider("Coronal slice"), coronal, "a click moves the other views");
    assert.notEqual(await visit.slider("Sagittal slice"), sagittal);
    await visit.page.mouse.wheel({ deltaY: 120 });
    assert.notEqual(await visit.slider("Axial slice"), before + 1, "the wheel steps through slices");
    await giveUp(visit);
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("the saved mask is that of the command line, on the file's own grid", { skip: skipWithout(twin, program) }, async () => {
    const path = scan("small.nii.gz", 4);
    const visit = await here.open(query);
    await visit.state("done", "idle");
    const main = await visit.result(() => visit.choose(path));
    await visit.screenshot(`${setUp.key}-volume`);
    const formats = await visit.page.$$eval("#format option", (options) => options.map((option) => option.value));
    assert.deepEqual(formats.includes("nifti") && formats.includes("nrrd") && formats.includes("bids"), true, formats.join());
    const names = ["small_seg.nii.gz", "small_ranking.nii.gz"];
    const reference = predict(main.model, path, names, ["ranking"]);
    const mask = readNifti(await visit.save("Save mask", names[0]));
    const expected = readNifti(reference[names[0]]);
    assert.deepEqual([mask.shape, mask.affine], [expected.shape, expected.affine]);
    assert.deepEqual(mask.affine, readNifti(readFileSync(path)).affine, "the file's own affine");
    const share = differenceInPlace(mask, expected);
    console.log(`${setUp.name}: ${(100 * share).toFixed(4)} % of the mask's voxels differ`);
    assert.ok(share <= MOST_DIFFERENT_VOXELS, `${share} of the mask's voxels differ`);
    const map = readNifti(await visit.save("Save uncertainty", names[1]));
    const readMap = readNifti(reference[names[1]]);
    const difference = map.data.reduce((most, value, at) => Math.max(most, Math.abs(value - readMap.data[at])), 0);
    assert.ok(difference <= 1e-3, `the map differs by ${difference}`);
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("a DICOM folder gives the mask of its NIfTI twin in the same place", { skip: skipWithout(series, twin) }, async () => {
    const visit = await here.open(query);
    await visit.state("done", "idle");
    await visit.result(() => visit.dropFromSystem(series));
    await visit.screenshot(`${setUp.key}-dicom-folder`);
    const formats = await visit.page.$$eval("#format option", (options) => options.map((option) => option.value));
    assert.ok(formats.includes("dicom"), formats.join());
    const dicom = readNifti(await visit.save("Save mask", "dicom_series_hippo_seg.nii.gz"));
    await visit.result(() => visit.choose(twin));
    const nifti = readNifti(await visit.save("Save mask", "dicom_series_hippo_image_seg.nii.gz"));
    assert.ok(nifti.data.some((value) => value > 0), "the mask is not empty");
    const share = differenceInPlace(dicom, nifti);
    console.log(`DICOM and NIfTI: ${(100 * share).toFixed(4)} % of the voxels differ`);
    assert.ok(share <= MOST_DIFFERENT_TWINS, `${share} of the voxels differ`);
    const [columns] = nifti.shape;
    const inRow = (index) => index - (index % columns) + (columns - 1 - (index % columns));
    const mirrored = { ...nifti, data: nifti.data.map((_, index) => nifti.data[inRow(index)]) };
    const wrong = differenceInPlace(dicom, mirrored);
    assert.ok(wrong >= LEAST_DIFFERENT_MIRRORED, `mirrored, only ${wrong} of the voxels differ`);
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("a volume is given up between two windows, and what was there stays", { skip: skipWithout(twin) }, async () => {
    const visit = await here.open("?backend=cpu");
    await visit.state("done");
    const line = () => visit.page.$eval("[data-summary]", (element) => element.innerText);
    const before = await line();
    await visit.choose(scan("slow.nii.gz", 200));
    await visit.page.waitForFunction(() => /part [1-9]/.test(document.querySelector(".progress").innerText), {
      timeout: 120_000,
    });
    await visit.screenshot(`${setUp.key}-volume-running`);
    await visit.press("Cancel");
    await visit.state("done");
    assert.equal(await line(), before, "the former result is shown again");
    assert.equal(await visit.page.$$eval(".pane canvas", (all) => all.filter((canvas) => canvas.offsetWidth > 0).length), 1, "a picture");
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  const manifest = join(samples, "MANIFEST.json");
  it("each bad volume is refused in one sentence", { skip: skipWithout(manifest) }, async () => {
    const bad = JSON.parse(readFileSync(manifest, "utf8"))
      .filter(({ file, expect }) => /^(nifti|dicom)_bad\//.test(file) && expect.startsWith("error"))
      .map(({ file }) => join(samples, file));
    assert.ok(bad.length > 5);
    const visit = await here.open("?backend=cpu");
    await visit.state("done");
    for (const path of bad) {
      const main = await visit.outcome(() => visit.choose(path));
      assert.equal(main.state, "error", `${basename(path)} was taken`);
      const said = await visit.alert();
      console.log(`${basename(path)}: ${said}`);
      assert.match(said, /^[^\n]+[.!?]$/, `not one sentence: "${said}"`);
      assert.ok(said.startsWith(`“${basename(path)}” was not opened: `), said);
    }
    visit.assertClean(here.server.origin);
    await visit.close();
  });
});
