// Cancel: the work stops, the former result stays, and the next image is segmented.
import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { skipWithout, testImage } from "./harness/files.mjs";
import { repeated } from "./harness/images.mjs";
import { session } from "./harness/session.mjs";

for (const setUp of setUps) {
  describe(setUp.name, () => {
    const here = session(setUp);

    it("a job is given up, the former result stays", { skip: skipWithout(testImage(1)) }, async () => {
      // One window: software adapters take seconds for each.
      const good = testImage(1);
      const name = `${basename(good, ".png")}_seg.png`;
      const visit = await here.open();
      await visit.state("done");
      await visit.result(() => visit.choose(good));
      const former = await visit.save("Save mask", name, `${setUp.key}-before-cancel_seg.png`);

      // Many windows of the network.
      await visit.choose(repeated(good, 3072, 3072));
      await visit.state("running");
      await visit.screenshot(`${setUp.key}-running`);
      await visit.press("Cancel");
      const main = await visit.state("done", "idle", "error");
      assert.notEqual(main.state, "error", await visit.alert());
      const still = await visit.save("Save mask", name, `${setUp.key}-after-cancel_seg.png`);
      assert.ok(still.equals(former), "the former mask has changed");

      await visit.result(() => visit.choose(testImage(2)));
      visit.assertClean(here.server.origin);
      await visit.close();
    });
  });
}
