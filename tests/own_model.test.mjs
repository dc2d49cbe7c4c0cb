// A result stays with the model that made it, and a model stays until the next one works.
import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { skipWithout, testImage } from "./harness/files.mjs";
import { repeated } from "./harness/images.mjs";
import { session } from "./harness/session.mjs";

const NUCLEI = "dsb2018_nuclei";
const FUNDUS = "chase_db1_vessels";

/** Everything that is said of the result: its model, its line, its figures. */
async function shown(visit) {
  return visit.page.evaluate(() => ({
    model: document.querySelector("main").dataset.model,
    line: document.querySelector("[data-summary]").innerText,
    about: document.querySelector("#panel-about dl").innerText,
    places: document.querySelectorAll("[data-region]").length,
  }));
}

for (const setUp of setUps) {
  describe(`a result and its model, ${setUp.name}`, () => {
    const here = session(setUp);
    const image = testImage(0);

    it("a change of model that is cancelled changes nothing of the result", { skip: skipWithout(image) }, async () => {
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      await visit.result(() => visit.choose(image));
      const before = await shown(visit);
      assert.equal(before.model, NUCLEI);
      const name = `${basename(image, ".png")}_seg.png`;
      const mask = await visit.save("Save mask", name, `${setUp.key}-own-model-before.png`);

      // While another image runs the model is changed, and then all of it is given up.
      await visit.choose(repeated(image, 2048, 2048));
      await visit.state("running");
      await visit.select("Model", FUNDUS);
      await visit.page.waitForFunction(() => /loading|running/.test(document.querySelector("main").dataset.state));
      await visit.press("Cancel");
      await visit.state("done");
      await visit.notice(/Cancelled; the former result is shown/);
      assert.deepEqual(await shown(visit), before);
      assert.equal(await visit.selected("Model"), NUCLEI);
      const buttons = await visit.page.$$eval(".status button", (all) => all.map((button) => button.innerText));
      assert.ok(!buttons.includes("Cancel"), "there is nothing to cancel");
      await visit.screenshot(`${setUp.key}-own-model`);
      const after = await visit.save("Save mask", name, `${setUp.key}-own-model-after.png`);
      assert.ok(after.equals(mask), "what is saved is what is shown");
      const report = await visit.save("Save report", `${basename(image, ".png")}_report.json`, `${setUp.key}-own-model.json`);
      assert.equal(JSON.parse(report).model.id ?? JSON.parse(report).model, NUCLEI);
      assert.equal(await visit.alert(), "");
      visit.assertClean(here.server.origin);
      await visit.close();
    });

    it("without a network the former model stays, is named, and goes on", { skip: skipWithout(image) }, async () => {
      const visit = await here.openFaulty([]);
      await visit.state("done");
      const before = await shown(visit);
      here.faulty.faults.push({ path: /./, fault: "gone" });
      await visit.select("Model", FUNDUS);
      const told = await visit.told(/could not be fetched/, 60_000);
      assert.ok(told.buttons.includes("Try again"), told.buttons.join());
      await visit.notice(/“Cell nuclei in microscopy” is still in use/);
      assert.equal(await visit.selected("Model"), NUCLEI);
      assert.deepEqual(await shown(visit), before);
      await visit.screenshot(`${setUp.key}-offline`);
      const main = await visit.result(() => visit.choose(image));
      assert.equal(main.model, NUCLEI);
      assert.equal(await visit.alert(), "");
      // A sample with another model changes neither the picture nor what stands beside it.
      const own = await shown(visit);
      await visit.select("Sample image", "left-ventricle");
      await visit.told(/could not be fetched/);
      assert.deepEqual(await shown(visit), own);
      assert.equal(await visit.selected("Sample image"), "");
      assert.equal(await visit.selected("Model"), NUCLEI);
      // Once the network is back the other model can be had.
      here.mend();
      await visit.select("Model", FUNDUS);
      await visit.page.waitForFunction((id) => document.querySelector("main").dataset.model === id, { timeout: 120_000 }, FUNDUS);
      await visit.state("done");
      await visit.close();
    });
  });
}
