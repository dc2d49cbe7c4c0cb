// What cannot be read is said in one sentence, and costs nothing that was there.
import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { artefacts, badImages, skipWithout, testImage } from "./harness/files.mjs";
import { writePng } from "./harness/images.mjs";
import { session } from "./harness/session.mjs";

const good = testImage(0);
const bad = existsSync(badImages) ? readdirSync(badImages).map((name) => join(badImages, name)) : [];

for (const setUp of setUps) {
  describe(setUp.name, () => {
    const here = session(setUp);

    it("each bad image is refused in one sentence, the former result stays", { skip: skipWithout(badImages, good) }, async () => {
      // What refuses a file is the same on both devices; the CPU is the faster one here.
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      await visit.result(() => visit.choose(good));
      const name = `${basename(good, ".png")}_seg.png`;
      const former = await visit.save("Save mask", name, `${setUp.key}-former_seg.png`);
      const text = join(artefacts, "only-text.png");
      writeFileSync(text, "This is no image.\n");
      const speck = join(artefacts, "one-pixel.png");
      writeFileSync(speck, writePng({ width: 1, height: 1, data: Buffer.from([9, 9, 9, 255]) }));
      assert.ok(bad.length > 0);

      for (const path of [...bad, text, speck]) {
        const main = await visit.outcome(() => visit.choose(path));
        assert.equal(main.state, "error", `${basename(path)} was taken`);
        const said = await visit.alert();
        console.log(`${basename(path)}: ${said}`);
        assert.equal(said.split("\n").length, 1, `more than one line: "${said}"`);
        assert.match(said, /^[^]+[.!?]$/, `no sentence: "${said}"`);
        assert.equal(said.match(/[.!?](?=\s|$)/g).length, 1, `not one sentence: "${said}"`);
        const still = await visit.save("Save mask", name, `${setUp.key}-still_seg.png`);
        assert.ok(still.equals(former), `the former mask has changed after ${basename(path)}`);
      }
      await visit.screenshot(`${setUp.key}-bad-input`);

      await visit.result(() => visit.drop(good));
      assert.equal(await visit.alert(), "", "the next good image clears the alert");
      visit.assertClean(here.server.origin);
      await visit.close();
    });
  });
}
