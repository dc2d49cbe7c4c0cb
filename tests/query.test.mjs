// The query: ?model=<id>&sample=<id>&backend=webgpu|cpu.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setUps, swiftShader } from "./harness/browsers.mjs";
import { root } from "./harness/files.mjs";
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
      const [model, sample] = [models.at(-1).id, samples.at(-1)];
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

  it("offers an adapter, and the page computes on it or says why not", async () => {
    const visit = await here.open("?backend=webgpu");
    const main = await visit.state("done");
    await visit.screenshot(`${swiftShader.key}-sample`);
    assert.ok(["webgpu", "cpu"].includes(main.backend), main.backend);
    visit.assertClean(here.server.origin);
    await visit.close();
  });
});
