// Files that are refused: what was there stays, with all that stands beside it, and the way out is offered.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { artefacts, root } from "./harness/files.mjs";
import { readPng, writePng } from "./harness/images.mjs";
import { writeNifti } from "./harness/nifti.mjs";
import { session } from "./harness/session.mjs";

const sample = join(root, "web/samples/fluorescence.png");
const labels = join(root, "web/samples/fluorescence_labels.png");

/** A file among the artefacts. */
function made(name, bytes) {
  const path = join(artefacts, name);
  writeFileSync(path, bytes);
  return path;
}

/** A grey picture, a value for each pixel. */
const grey = (width, height, value) => {
  const data = Buffer.alloc(4 * width * height, 255);
  for (let at = 0; at < width * height; at += 1) data.fill(value(at), 4 * at, 4 * at + 3);
  return writePng({ width, height, data });
};

/** Everything beside the picture that belongs to it. */
async function beside(visit) {
  return visit.page.evaluate(() => ({
    line: document.querySelector("[data-summary]").innerText,
    source: [...document.querySelectorAll(".status details details summary")].map((one) => one.textContent),
    file: document.querySelector(".status .file").textContent,
    sample: document.querySelector("#sample").value,
    labels: [...document.querySelectorAll("#check button")].map((one) => [one.innerText, one.disabled]),
  }));
}

for (const setUp of setUps) {
  describe(`what is refused, ${setUp.name}`, () => {
    const here = session(setUp);

    it("a drop that fails costs nothing, and says which file it was", async () => {
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      const before = await beside(visit);
      assert.equal(before.sample, "fluorescence");
      assert.deepEqual(before.labels, [["Use the sample's labels", false]]);
      const mask = await visit.save("Save mask", "fluorescence_seg.png", `${setUp.key}-refused-before.png`);
      const text = made("no-picture.png", "This is no image.\n");
      const main = await visit.outcome(() => visit.drop(text));
      assert.equal(main.state, "error");
      const told = await visit.told(/./);
      console.log(told.said);
      assert.match(told.said, /^“no-picture\.png” was not opened: .*\.$/);
      assert.deepEqual(await beside(visit), before);
      await visit.press("Dismiss");
      assert.equal((await visit.main()).state, "done");
      assert.deepEqual(await beside(visit), before);
      const after = await visit.save("Save mask", "fluorescence_seg.png", `${setUp.key}-refused-after.png`);
      assert.ok(after.equals(mask));
      await visit.press("Use the sample's labels");
      await visit.page.waitForFunction(() => /Dice/.test(document.querySelector("#check .scores").innerText), { timeout: 60_000 });
      visit.assertClean(here.server.origin);
      await visit.close();
    });

    it("pasted text is no error", async () => {
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      await visit.page.evaluate(() => {
        const transfer = new DataTransfer();
        transfer.setData("text/plain", "some words");
        const event = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: transfer });
        Object.defineProperty(event, "clipboardData", { value: transfer });
        document.body.dispatchEvent(event);
      });
      await visit.told(/no image file/, 5_000);
      assert.equal((await visit.main()).state, "done");
      await visit.press("Dismiss");
      assert.equal(await visit.alert(), "");
      assert.equal((await visit.main()).state, "done");
      visit.assertClean(here.server.origin);
      await visit.close();
    });

    it("a picture for a model of volumes offers the models that fit", async () => {
      const visit = await here.open("?backend=cpu&model=hippocampus");
      await visit.state("done");
      await visit.outcome(() => visit.choose(sample));
      const told = await visit.told(/single plane/);
      assert.deepEqual(
        told.buttons.filter((label) => label.startsWith("Use “")),
        [
          "Use “Vessels in fundus photographs”",
          "Use “Cell nuclei in microscopy”",
          // The picture is a grey one, so that those for grey pictures fit as well.
          "Use “Left ventricle in cardiac MRI”",
          "Use “Nerves and vessels in ultrasound”",
        ],
      );
      assert.ok(!told.buttons.includes("Use a smaller window"), told.buttons.join());
      await visit.screenshot(`${setUp.key}-offers`);
      const main = await visit.result(() => visit.press("Use “Cell nuclei in microscopy”"));
      assert.equal(main.model, "dsb2018_nuclei");
      assert.match((await beside(visit)).file, /^fluorescence\.png/);
      assert.equal(await visit.selected("Model"), "dsb2018_nuclei");
      assert.equal(await visit.alert(), "");
      await visit.close();
    });

    it("labels in any black and white are taken, those of another size refused for their size", async () => {
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      const compare = async (path) => {
        await visit.page.evaluate(() => document.querySelector(".alert button:last-of-type")?.click());
        await visit.choose(path, "input#open-labels");
      };
      const dice = () =>
        visit.page
          .waitForFunction(() => /Dice[^\n]*?([\d.]+)/.exec(document.querySelector("#check .scores").innerText)?.[1], { timeout: 60_000 })
          .then((found) => found.jsonValue());
      await visit.press("Use the sample's labels");
      const expected = await dice();
      const { width, height, data } = readPng(readFileSync(labels));
      const faint = made("faint-labels.png", grey(width, height, (at) => (data[4 * at] > 0 ? 200 : 0)));
      const main = await visit.outcome(() => compare(faint));
      assert.equal(main.state, "done", await visit.alert());
      assert.equal(await dice(), expected);
      const small = made("small-labels.png", grey(10, 10, (at) => 2 * at));
      await visit.outcome(() => compare(small));
      const told = await visit.told(/./);
      assert.match(told.said, /10 x 10/);
      assert.match(told.said, new RegExp(`${width} x ${height}`));
      await visit.close();
    });

    it("a volume without a number is refused before the run", async () => {
      const visit = await here.open("?backend=cpu&model=hippocampus");
      await visit.state("done");
      const shape = [32, 40, 30];
      const affine = [0, 1, 2].map((row) => [0, 1, 2, 3].map((column) => Number(row === column)));
      const data = new Float32Array(shape[0] * shape[1] * shape[2]).fill(Number.NaN);
      const path = made("nothing-but-nan.nii.gz", writeNifti({ shape, affine, data }));
      await visit.outcome(() => visit.choose(path));
      const told = await visit.told(/./);
      console.log(told.said);
      assert.match(told.said, /number|same value/);
      const parts = await visit.page.$eval(".progress", (line) => line.innerText);
      assert.doesNotMatch(parts, /part [1-9]/);
      await visit.close();
    });

    it("without the list of samples one's own images work", async () => {
      const visit = await here.openFaulty([{ path: /^\/samples\/index\.json$/, fault: "missing" }]);
      await visit.state("idle");
      await visit.notice(/your own images work/);
      assert.equal(await visit.alert(), "");
      await visit.result(() => visit.choose(sample));
      await visit.close();
    });

    it("without the list of models the page asks again", async () => {
      const visit = await here.openFaulty([{ path: /^\/models\/index\.json$/, fault: "missing" }]);
      const told = await visit.told(/could not be fetched/);
      assert.match(told.details, /models\/index\.json: status 404/);
      here.mend();
      await visit.press("Try again");
      await visit.state("done");
      assert.equal(await visit.alert(), "");
      await visit.close();
    });

    if (setUp.backend === "cpu") {
      it("WebGPU that the address asks for in vain is said plainly", async () => {
        const visit = await here.open("?backend=webgpu");
        await visit.state("done");
        await visit.notice(/The address asks for WebGPU, but .* so the CPU is used/);
        await visit.screenshot(`${setUp.key}-no-webgpu`);
        // Once is enough.
        await visit.result(() => visit.choose(sample));
        const notices = await visit.page.$$eval(".status .notice", (all) => all.map((one) => one.innerText).join(" "));
        assert.doesNotMatch(notices, /The address asks/);
        await visit.close();
      });
    }
  });
}
