// The main path: open, drop a real image, get its mask and its doubt, and get them right.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { predict, program } from "./harness/command_line.mjs";
import { root, skipWithout, testImage } from "./harness/files.mjs";
import { doubtful, largestDifference, readFloatTiff, readPng, shareOfDifferentPixels } from "./harness/images.mjs";
import { session } from "./harness/session.mjs";

const { samples } = JSON.parse(readFileSync(join(root, "web/samples/index.json"), "utf8"));

/** The network's sums run in another order on another device; what lies on the border of two classes may fall over. */
const MOST_DIFFERENT_PIXELS = 0.001;
const LARGEST_MAP_DIFFERENCE = 1e-3;

for (const setUp of setUps) {
  describe(setUp.name, () => {
    const here = session(setUp);

    it("opens on a sample that is already segmented", async () => {
      const visit = await here.open();
      const main = await visit.state("done");
      await visit.screenshot(`${setUp.key}-sample`);
      assert.equal(main.backend, setUp.backend);
      assert.equal(main.model, samples[0].model, "the first sample decides");
      assert.ok(Number(main.elapsedMs) > 0, `data-elapsed-ms is "${main.elapsedMs}"`);
      assert.equal(await visit.alert(), "");
      const text = await visit.page.$eval("main", (element) => element.innerText);
      assert.ok(!text.includes("was made for"), "a sample fits its own model");
      visit.assertClean(here.server.origin);
      await visit.close();
    });

    // Two windows, and one or four: software adapters take seconds for each.
    for (const [way, number] of [
      ["choose", 10],
      ["drop", setUp.backend === "webgpu" ? 1 : 0],
    ]) {
      const image = testImage(number);
      it(`${way}: mask and maps are those of the command line`, { skip: skipWithout(image, program) }, async () => {
        const visit = await here.open();
        await visit.state("done");
        const main = await visit.result(() => visit[way](image));
        await visit.screenshot(`${setUp.key}-${way}`);
        const stem = basename(image, ".png");
        const maps = ["ranking", "entropy"];
        const names = [`${stem}_seg.png`, ...maps.map((map) => `${stem}_${map}.tif`)];
        const reference = predict(main.model, image, names, maps);

        const mask = await visit.save("Save mask", names[0], `${setUp.key}-${names[0]}`);
        const share = shareOfDifferentPixels(readPng(mask), readPng(reference[names[0]]));
        console.log(`${setUp.name}, ${stem}: ${(100 * share).toFixed(4)} % of the mask's pixels differ`);
        assert.ok(share <= MOST_DIFFERENT_PIXELS, `${share} of the mask's pixels differ`);

        for (const [index, map] of maps.entries()) {
          await visit.select("Map", map);
          const saved = await visit.save("Save uncertainty", names[index + 1], `${setUp.key}-${names[index + 1]}`);
          const difference = largestDifference(readFloatTiff(saved), readFloatTiff(reference[names[index + 1]]));
          console.log(`${setUp.name}, ${stem}: ${map} differs by ${difference.toExponential(2)} at most`);
          assert.ok(difference <= LARGEST_MAP_DIFFERENCE, `${map} differs by ${difference}`);
        }
        visit.assertClean(here.server.origin);
        await visit.close();
      });
    }

    it("saves an overlay and a report", { skip: skipWithout(testImage(0)) }, async () => {
      const image = testImage(0);
      const stem = basename(image, ".png");
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      const main = await visit.result(() => visit.choose(image));
      const shown = await visit.page.$eval("#sample", (select) => select.selectedOptions[0]?.textContent);
      assert.equal(shown, "Your own image", "a sample is not shown any more");
      const overlay = readPng(await visit.save("Save overlay", `${stem}_overlay.png`, `${setUp.key}-${stem}_overlay.png`));
      assert.ok(Math.max(overlay.width, overlay.height) >= 1000, "small images are enlarged, so that lines are smooth");
      assert.ok(doubtful(overlay.data) > 100, "the overlay shows the doubt");
      const report = await visit.save("Save report", `${stem}_report.json`, `${setUp.key}-${stem}_report.json`);
      assert.equal(JSON.stringify(JSON.parse(report.toString())).includes(main.model), true, "the report names the model");
      await visit.close();
    });
  });
}
