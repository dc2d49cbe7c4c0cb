// After one visit everything works without a network; a page is of one build; the visitor and the server can end it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { skipWithout, testImage } from "./harness/files.mjs";
import { stored, untilKept } from "./harness/offline.mjs";
import { session } from "./harness/session.mjs";
import { built, otherBuild, startStatic } from "./harness/static.mjs";
import { Visit } from "./harness/visit.mjs";

const buildOf = (visit) => visit.page.$eval("meta[name=penumbra-build]", (meta) => meta.content);

for (const setUp of setUps) {
  describe(`offline, ${setUp.name}`, () => {
    const here = session(setUp);

    it("with the server gone a kept sample and an own image are segmented", { skip: skipWithout(testImage(1)) }, async () => {
      const server = await startStatic();
      const visit = await Visit.open(here, server.address);
      const first = await visit.state("done");
      await untilKept(visit);
      await server.stop();
      await visit.page.reload({ waitUntil: "load" });
      const again = await visit.state("done");
      assert.deepEqual([again.model, again.backend], [first.model, first.backend]);
      await visit.result(() => visit.choose(testImage(1)));
      await visit.screenshot(`${setUp.key}-offline`);
      visit.assertClean(server.origin);
      // What was not kept is said to be missing, and the page goes on.
      await visit.select("Model", "hippocampus");
      await visit.state("error");
      assert.notEqual(await visit.alert(), "");
      await visit.close();
    });

    it("a new build waits until it is asked for, and is never mixed with the former", async () => {
      const server = await startStatic();
      const visit = await Visit.open(here, server.address, "?backend=cpu");
      await visit.state("done");
      await untilKept(visit);
      const former = await buildOf(visit);
      const next = otherBuild();
      Object.assign(server.files, next.files);
      server.requests.length = 0;
      await visit.page.reload({ waitUntil: "load" });
      assert.equal(await buildOf(visit), former, "the former build answers until the visitor asks");
      await visit.state("done");
      await visit.page.waitForSelector(".update", { timeout: 60_000 });
      await visit.screenshot(`${setUp.key}-update`);
      const fetched = server.requests.map(({ path }) => path);
      assert.ok(fetched.includes("index.html"), "what has changed is fetched");
      assert.ok(!fetched.includes("worker/penumbra_bg.wasm"), "what has not is taken over");
      // Another tab of the former build stands in the way: it would get files of the new one.
      const other = await Visit.open(here, server.address, "?backend=cpu");
      await other.state("done");
      await visit.page.bringToFront();
      await visit.press("Reload");
      await visit.page.waitForFunction(() => /other tab/.test(document.querySelector(".update")?.innerText ?? ""), {
        timeout: 30_000,
      });
      assert.equal(await buildOf(visit), former);
      await other.close();
      await visit.page.bringToFront();
      await visit.press("Reload");
      await visit.page.waitForFunction(
        (name) => document.querySelector("meta[name=penumbra-build]")?.content === name,
        { timeout: 60_000, polling: 200 },
        next.name,
      );
      await visit.state("done");
      const { caches } = await stored(visit);
      assert.ok(caches.length > 0 && caches.every((entry) => entry.includes(next.name)), caches.join("\n"));
      assert.ok(caches.some((entry) => entry.includes("/weights")), "models of the same content are still kept");
      await visit.close();
      await server.stop();
    });

    it("a build with a file of another one is not kept", async () => {
      const files = { "worker/worker.js": `${built("worker/worker.js")}\n// of another build\n` };
      const server = await startStatic({ files });
      const visit = await Visit.open(here, server.address, "?backend=cpu");
      await visit.state("done");
      await visit.page.waitForFunction(
        async () => {
          const [registration] = await navigator.serviceWorker.getRegistrations();
          return !registration?.installing && !registration?.active && (await caches.keys()).length === 0;
        },
        { timeout: 60_000, polling: 200 },
      );
      assert.equal(await visit.page.evaluate(() => navigator.serviceWorker.controller), null);
      await visit.close();
      await server.stop();
    });

    it("the server's switch, the address and the visitor each end it", async () => {
      const server = await startStatic();
      const none = async (visit) =>
        visit.page.waitForFunction(
          async () => (await navigator.serviceWorker.getRegistrations()).length + (await caches.keys()).length === 0,
          { timeout: 60_000, polling: 200 },
        );
      const visit = await Visit.open(here, server.address, "?backend=cpu");
      await visit.state("done");
      await untilKept(visit);
      server.files["service-worker.json"] = '{"disabled": true}';
      await visit.page.reload({ waitUntil: "load" });
      await none(visit);
      await visit.state("done");
      delete server.files["service-worker.json"];
      await visit.page.reload({ waitUntil: "load" });
      await visit.state("done");
      await untilKept(visit);
      await visit.page.goto(new URL("?backend=cpu&offline=0", server.address).href);
      await visit.state("done");
      await none(visit);
      await visit.page.goto(new URL("?backend=cpu", server.address).href);
      await visit.state("done");
      await untilKept(visit);
      await visit.press("Nothing leaves this browser: see for yourself");
      await visit.page.waitForFunction(() => /kept/.test(document.querySelector("[data-kept]")?.innerText ?? ""));
      const tick = await visit.page.waitForSelector('::-p-aria([name="Keep the program for use without a network"][role="checkbox"])');
      await visit.page.waitForFunction((tick) => tick.checked && !tick.disabled, {}, tick);
      await tick.evaluate((tick) => tick.click());
      await none(visit);
      await visit.page.reload({ waitUntil: "load" });
      await visit.state("done");
      assert.deepEqual((await stored(visit)).settings, ["penumbra.offline=off"]);
      await none(visit);
      await visit.press("Nothing leaves this browser: see for yourself");
      await visit.press("Forget everything");
      await visit.page.waitForFunction(() => /Forgotten/.test(document.querySelector("#privacy")?.innerText ?? ""));
      const left = await stored(visit);
      assert.deepEqual(left, { caches: [], registrations: 0, settings: [], databases: [], files: [], cookie: "", marked: [] });
      await visit.close();
      await server.stop();
    });
  });
}
