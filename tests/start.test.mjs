// A page whose program does not arrive, or that a browser cannot run, speaks all the same.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { session } from "./harness/session.mjs";

/** What stands on the page when its program does not run. */
async function fallback(visit) {
  await visit.page.waitForSelector("main#starting[data-state=error]", { timeout: 60_000 });
  return visit.page.evaluate(() => ({
    said: document.querySelector("[role=alert]").innerText.trim(),
    seen: document.body.innerText,
    button: document.querySelector("#starting button").innerText,
    details: document.querySelector("#starting [data-details]").textContent,
  }));
}

for (const setUp of setUps) {
  describe(`a page that cannot start, ${setUp.name}`, () => {
    const here = session(setUp);
    const faults = {
      "its WebAssembly is missing": [{ path: /^\/page-[^/]*\.wasm$/, fault: "missing" }],
      "its WebAssembly is damaged": [{ path: /^\/page-[^/]*\.wasm$/, fault: "damaged" }],
      "its script is missing": [{ path: /^\/page-[^/]*\.js$/, fault: "missing" }],
      "its script is damaged": [{ path: /^\/page-[^/]*\.js$/, fault: "damaged" }],
      "its script is never sent": [{ path: /^\/page-[^/]*\.js$/, fault: "gone" }],
    };
    for (const [what, list] of Object.entries(faults)) {
      // Half a module, sent as a whole one, gives no event of any kind in Firefox.
      const skip = setUp.browser === "firefox" && what.endsWith("WebAssembly is damaged") && "Firefox says nothing of it";
      it(`${what}: that is said, and loading again helps`, { skip }, async () => {
        const visit = await here.openFaulty(list);
        const found = await fallback(visit);
        console.log(`${what}: ${found.said} [${found.details}]`);
        assert.match(found.said, /missing or damaged/);
        assert.doesNotMatch(found.seen, /is loading|undefined/);
        assert.notEqual(found.details, "");
        await visit.screenshot(`${setUp.key}-cannot-start`);
        here.mend();
        await visit.press("Load the page again");
        await visit.page.waitForFunction(() => document.querySelector("main:not(#starting)"), { timeout: 60_000 });
        await visit.state("done");
        assert.equal(await visit.alert(), "");
        assert.equal(await visit.page.$("#starting"), null);
        await visit.close();
      });
    }

    it("a browser without WebAssembly is told so", async () => {
      const visit = await here.openFaulty([], "?backend=cpu", () => {
        delete globalThis.WebAssembly;
      });
      const found = await fallback(visit);
      assert.match(found.said, /no WebAssembly/);
      await visit.close();
    });

    it("a browser whose WebAssembly has no SIMD is told so", async () => {
      const visit = await here.openFaulty([], "?backend=cpu", () => {
        // As such a browser does: no module of this project can be had.
        WebAssembly.validate = () => false;
        WebAssembly.instantiate = WebAssembly.instantiateStreaming = () => Promise.reject(new WebAssembly.CompileError("SIMD"));
      });
      assert.match((await fallback(visit)).said, /SIMD/);
      await visit.close();
    });

    it("until the program is there the page says that it loads", async () => {
      const visit = await here.openFaulty([{ path: /^\/page-[^/]*\.wasm$/, fault: "hang" }]);
      const seen = await visit.page.evaluate(() => document.body.innerText);
      assert.match(seen, /The page is loading/);
      assert.equal((await visit.main()).state, "loading");
      assert.equal(await visit.alert(), "");
      await visit.close();
    });

    if (setUp.browser === "chrome") {
      it("without JavaScript the page says what it needs", async () => {
        const page = await here.browser.newPage();
        await page.setJavaScriptEnabled(false);
        await page.goto(here.server.address);
        const text = await page.$eval("main", (main) => main.innerText);
        assert.match(text, /needs JavaScript and WebAssembly/);
        assert.doesNotMatch(text, /is loading/);
        await page.close();
      });
    }
  });
}
