// The query: ?model=<id>&sample=<id>&backend=webgpu|cpu.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setUps, swiftShader } from "./harness/browsers.mjs";
import { artefacts, root } from "./harness/files.mjs";
import { readPng, shareOfDifferentPixels, writePng } from "./harness/images.mjs";
import { session } from "./harness/session.mjs";

const { models } = JSON.parse(readFileSync(join(root, "web/models/index.json"), "utf8"));
const { samples } = JSON.parse(readFileSync(join(root, "web/samples/index.json"), "utf8"));

for (const setUp of setUps) {
  describe(setUp.name, () => {
    const here = session(setUp);

    it("backend=cpu computes on the CPU", async () => {
      const visit = await here.open("?backend=cpu");
      const main = await visit.state("done");
      assert.equal(main.backend, "cpu");
      visit.assertClean(here.server.origin);
      await visit.close();
    });

    it("backend=webgpu computes where it can, and says why where it cannot", async () => {
      const visit = await here.open("?backend=webgpu");
      const main = await visit.state("done");
      assert.equal(main.backend, setUp.backend);
      const text = await visit.page.$eval("main", (element) => element.innerText);
      assert.match(text, setUp.backend === "webgpu" ? /WebGPU/ : /WebGPU[^]*CPU|CPU[^]*WebGPU/);
      await visit.close();
    });

    it("model and sample are those that were asked for", async () => {
      // Neither is what the page opens with by itself.
      const model = models.findLast(({ id }) => id !== samples[0].model)?.id ?? models.at(-1).id;
      const sample = samples.findLast((sample) => sample.model === model);
      const visit = await here.open(`?backend=cpu&model=${model}&sample=${sample.id}`);
      const main = await visit.state("done");
      assert.equal(main.model, model);
      assert.ok(
        visit.requests.some((url) => new URL(url).pathname === `/samples/${sample.file}`),
        `${sample.file} was not asked for`,
      );
      await visit.screenshot(`${setUp.key}-query`);
      await visit.close();
    });

    it("an unknown model and an unknown sample are said in a sentence", async () => {
      for (const query of ["?backend=cpu&model=no-such-model", "?backend=cpu&sample=no-such-sample"]) {
        const visit = await here.open(query);
        await visit.state("error", "done", "idle");
        const wanted = query.split("=").at(-1);
        await visit.page.waitForFunction(
          (word) => document.querySelector("[role=alert]")?.innerText.includes(word),
          { timeout: 60_000 },
          wanted,
        );
        await visit.close();
      }
    });
  });
}

describe(swiftShader.name, () => {
  const here = session(swiftShader);

  it("segments a tiny image on the adapter, as the CPU does", async () => {
    const tiny = join(artefacts, "tiny.png");
    writeFileSync(tiny, crop(readFileSync(join(root, "web/samples", samples[0].file)), 48));
    const masks = [];
    for (const backend of ["webgpu", "cpu"]) {
      const visit = await here.open(`?backend=${backend}`);
      if (backend === "webgpu") {
        // The sample is too large for this adapter; the known-answer test comes before it and is not left out.
        await visit.state("running");
        await visit.press("Cancel");
      }
      await visit.state("idle", "done");
      const main = await visit.result(() => visit.choose(tiny));
      await visit.screenshot(`${swiftShader.key}-tiny-${backend}`);
      assert.equal(main.backend, backend);
      masks.push(readPng(await visit.save("Save mask", "tiny_seg.png", `${swiftShader.key}-tiny-${backend}_seg.png`)));
      visit.assertClean(here.server.origin);
      await visit.close();
    }
    assert.ok(shareOfDifferentPixels(...masks) <= 0.001);
  });
});

/** The middle of an image, `size` pixels wide and high. */
function crop(bytes, size) {
  const { width, height, data } = readPng(bytes);
  const [left, top] = [Math.floor((width - size) / 2), Math.floor((height - size) / 2)];
  const rows = Array.from({ length: size }, (_, row) => {
    const from = 4 * ((top + row) * width + left);
    return data.subarray(from, from + 4 * size);
  });
  return writePng({ width: size, height: size, data: Buffer.concat(rows) });
}
