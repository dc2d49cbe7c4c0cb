// Nothing leaves: no request to another origin, none with a body, and the policy would stop one.
import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { skipWithout, testImage } from "./harness/files.mjs";
import { session } from "./harness/session.mjs";

const ELSEWHERE = "http://elsewhere.example/";

for (const setUp of setUps) {
  describe(setUp.name, () => {
    const here = session(setUp);

    it("the trap sees what leaves", async () => {
      const page = await here.browser.newPage();
      await page.evaluate((url) => fetch(url, { mode: "no-cors" }).catch(() => {}), ELSEWHERE);
      await page.close();
      assert.ok(
        here.trap.requests.some((url) => url.startsWith(ELSEWHERE)),
        `the trap saw ${JSON.stringify(here.trap.requests)}`,
      );
      here.trap.requests.length = 0;
    });

    it("a whole visit asks for the page's own files only", { skip: skipWithout(testImage(1)) }, async () => {
      const image = testImage(1);
      const visit = await here.open();
      const bodies = [];
      visit.page.on("request", (request) => {
        if (request.method() !== "GET" || request.hasPostData()) bodies.push(request.url());
      });
      await visit.state("done");
      const known = visit.requests.length;
      await visit.result(() => visit.drop(image));
      await visit.save("Save mask", `${basename(image, ".png")}_seg.png`, `${setUp.key}-privacy_seg.png`);
      const later = visit.requests.slice(known).filter((url) => !/^(data|blob):/.test(url));
      assert.deepEqual(later, [], "requests after an image was dropped");
      assert.deepEqual(bodies, [], "requests that carry something");
      visit.assertClean(here.server.origin);
      assert.deepEqual(here.trap.requests, [], "requests that left");
      await visit.close();
    });

    it("the policy stops the page from asking elsewhere", async () => {
      const visit = await here.open("?backend=cpu");
      await visit.state("done", "idle", "error");
      const outcome = await visit.page.evaluate(async (url) => {
        const violated = new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective), { once: true });
        });
        const answer = await fetch(url, { mode: "no-cors" }).then(
          () => "answered",
          () => "refused",
        );
        return { answer, directive: await violated };
      }, ELSEWHERE);
      assert.deepEqual(outcome, { answer: "refused", directive: "connect-src" });
      assert.deepEqual(here.trap.requests, [], "requests that left");
      const policy = await visit.page.$eval("meta[http-equiv=Content-Security-Policy]", (meta) => meta.content);
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
      const worker = await fetch(new URL("worker/worker.js", here.server.address));
      assert.equal(worker.headers.get("content-security-policy"), policy, "the worker obeys the header");
      await visit.close();
    });
  });
}
