// Nothing leaves: no request to another origin, none with a body, and the policy would stop one. What the browser keeps is
// the program, never an image.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { crc32 } from "node:zlib";
import { setUps } from "./harness/browsers.mjs";
import { nuclei, skipWithout, testImage } from "./harness/files.mjs";
import { stored, untilKept } from "./harness/offline.mjs";
import { session } from "./harness/session.mjs";
import { startStatic } from "./harness/static.mjs";
import { Visit } from "./harness/visit.mjs";

const ELSEWHERE = "http://elsewhere.example/";
const SEE = "Nothing leaves this browser: see for yourself";
const labels = testImage(1).replace(join(nuclei, "images"), join(nuclei, "labels"));

/** A PNG with a text chunk of its own, so that its bytes are known anywhere. */
function marked(bytes, text) {
  const content = Buffer.concat([Buffer.from("tEXt"), Buffer.from(`Comment\0${text}`, "latin1")]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length - 4);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(content));
  // Behind the first chunk, which is always the header.
  return Buffer.concat([bytes.subarray(0, 33), length, content, check, bytes.subarray(33)]);
}

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

    it("nothing of a marked image is in a request, a cache, the storage or the console", { skip: skipWithout(labels) }, async () => {
      const folder = mkdtempSync(join(tmpdir(), "penumbra-marked-"));
      const server = await startStatic();
      try {
        const secret = "marked-7f1c9e5a02";
        const image = join(folder, `${secret}.png`);
        const bytes = marked(readFileSync(testImage(1)), `pixels-${secret}`);
        writeFileSync(image, bytes);
        const digest = createHash("sha256").update(bytes);
        const traces = [secret, Buffer.from(secret).toString("base64").slice(1, -4), digest.copy().digest("hex"), digest.digest("base64")];
        const said = [];
        const visit = await Visit.open(here, server.address);
        visit.page.on("console", (message) => said.push(message.text()));
        await visit.state("done");
        await untilKept(visit);
        const before = server.requests.length;
        await visit.result(() => visit.drop(image));
        await visit.choose(labels, "input#open-labels");
        await visit.page.waitForSelector(".scores, .comparison, #check table", { timeout: 60_000 });
        for (const [button, ending] of [
          ["Save mask", "_seg.png"],
          ["Save overlay", "_overlay.png"],
          ["Save report", "_report.json"],
        ]) {
          await visit.save(button, `${secret}${ending}`, `${setUp.key}-marked${ending}`);
        }
        await visit.press(SEE);
        await visit.page.waitForFunction(() => /none after your image was opened/.test(document.querySelector("#privacy").innerText));
        assert.deepEqual(server.requests.slice(before).map(({ url }) => url), [], "requests after an image was opened");
        const sent = server.requests.map(({ url, headers, body }) => [url, ...headers, body.toString("latin1")].join("\n"));
        assert.ok(server.requests.every(({ body }) => body.length === 0), "requests that carry something");
        const kept = await stored(visit, Buffer.from(secret));
        assert.deepEqual(kept.marked, [], "kept files with the image's bytes");
        assert.deepEqual([kept.settings, kept.databases, kept.files, kept.cookie], [[], [], [], ""]);
        const address = visit.page.url();
        const places = [...sent, ...kept.caches, ...said, ...here.trap.requests, ...visit.requests.filter((url) => !url.startsWith("blob:")), address];
        assert.ok(kept.caches.length > 5 && sent.length > 5, "there is something to look through");
        for (const trace of traces) {
          assert.deepEqual(places.filter((text) => text.includes(trace)), [], `traces of ${trace}`);
        }
        assert.deepEqual(here.trap.requests, [], "requests that left");
        visit.assertClean(server.origin);
        await visit.close();
      } finally {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      }
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
      const page = await fetch(here.server.address);
      assert.equal(page.headers.get("content-security-policy"), `${policy}; frame-ancestors 'self'`);
      assert.equal(await visit.page.evaluate(() => crossOriginIsolated), true, "the page is isolated from other origins");
      await visit.close();
    });

    it("the panel shows requests, the policy and the build, and what the browser refuses", async () => {
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      await untilKept(visit);
      await visit.press(SEE);
      const rows = await visit.page.$$eval(".requests tbody tr", (rows) =>
        rows.map((row) => [...row.cells].map((cell) => cell.innerText)),
      );
      const by = (who) => rows.filter((cells) => cells[3] === who).map((cells) => cells[0]);
      assert.ok(by("page").includes("./models/index.json") && by("page").some((path) => /^\.\/\?backend/.test(path)), rows.join("\n"));
      assert.ok(by("worker").some((path) => path.endsWith("weights.safetensors")), rows.join("\n"));
      assert.ok(by("service worker").includes("./service-worker.json"), rows.join("\n"));
      assert.ok(rows.every((cells) => !cells[4].startsWith("NOT")), rows.join("\n"));
      await visit.page.waitForSelector("[data-policy=header]");
      const [own, sent] = await visit.page.$$eval("[data-policy]", (policies) => policies.map((policy) => policy.innerText));
      assert.equal(sent, `${own}; frame-ancestors 'self'`);
      const { build } = JSON.parse(readFileSync(new URL("../dist/files.json", import.meta.url), "utf8"));
      assert.equal(await visit.page.$eval("[data-build]", (element) => element.innerText), build);
      await visit.press("Try to send a pixel away");
      await visit.page.waitForFunction(() => document.querySelectorAll("[data-attempt]").length === 6, { timeout: 60_000 });
      const outcomes = await visit.page.$$eval("[data-attempt]", (attempts) =>
        Object.fromEntries(attempts.map(({ dataset }) => [dataset.attempt, dataset.outcome])),
      );
      const { webrtc, ...others } = outcomes;
      assert.deepEqual(others, { fetch: "refused", image: "refused", beacon: "refused", websocket: "refused", form: "refused" });
      assert.ok(["refused", "not-refused", "absent"].includes(webrtc), webrtc);
      // Chromium opens an empty connection to a form's address before it refuses to send the form: docs/privacy.md says so.
      const early = setUp.browser === "chrome" ? ["penumbra.invalid:443"] : [];
      assert.deepEqual(here.trap.requests.filter((url) => !early.includes(url)), [], "requests that left");
      here.trap.requests.length = 0;
      await visit.screenshot(`${setUp.key}-privacy`);
      await visit.close();
    });
  });
}
