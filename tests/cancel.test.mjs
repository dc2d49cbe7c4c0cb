// Cancel: the work stops, the former result stays, and the next image is segmented.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { artefacts, skipWithout, testImage } from "./harness/files.mjs";
import { readPng, writePng } from "./harness/images.mjs";
import { session } from "./harness/session.mjs";

/** A real image repeated until it is 3072 pixels wide: many windows of the network. */
function large(path) {
  const tile = readPng(readFileSync(path));
  const [width, height] = [3072, 3072];
  const data = Buffer.alloc(4 * width * height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const from = 4 * ((row % tile.height) * tile.width + (column % tile.width));
      tile.data.copy(data, 4 * (row * width + column), from, from + 4);
    }
  }
  const file = join(artefacts, "large.png");
  writeFileSync(file, writePng({ width, height, data }));
  return file;
}

for (const setUp of setUps) {
  describe(setUp.name, () => {
    const here = session(setUp);

    it("a job is given up, the former result stays", { skip: skipWithout(testImage(0)) }, async () => {
      const good = testImage(0);
      const name = `${basename(good, ".png")}_seg.png`;
      const visit = await here.open();
      await visit.state("done");
      await visit.result(() => visit.choose(good));
      const former = await visit.save("Save mask", name, `${setUp.key}-before-cancel_seg.png`);

      await visit.choose(large(good));
      await visit.state("running");
      await visit.screenshot(`${setUp.key}-running`);
      await visit.press("Cancel");
      const main = await visit.state("done", "idle", "error");
      assert.notEqual(main.state, "error", await visit.alert());
      const still = await visit.save("Save mask", name, `${setUp.key}-after-cancel_seg.png`);
      assert.ok(still.equals(former), "the former mask has changed");

      await visit.result(() => visit.choose(testImage(1)));
      visit.assertClean(here.server.origin);
      await visit.close();
    });
  });
}
