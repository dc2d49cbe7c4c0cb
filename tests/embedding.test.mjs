// A page of another origin shows a case in a frame, hands an image over, and is told what is seen; others are not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { skipWithout, testImage } from "./harness/files.mjs";
import { startServer } from "./harness/server.mjs";
import { session } from "./harness/session.mjs";

/** A course page at another origin, with an image of its own. */
async function startHost(home) {
  const page = `<!doctype html><title>Course</title><script type="module" src="${home}penumbra-viewer.js"></script>
    <p>A case</p><penumbra-viewer id="case" sample="left-ventricle" model="sunnybrook_lv" style="height: 600px"></penumbra-viewer>`;
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url);
    if (request.url === "/own.png") response.writeHead(200, { "content-type": "image/png" }).end(readFileSync(testImage(1)));
    else response.writeHead(200, { "content-type": "text/html" }).end(page);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    requests,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Waits for a state of the case that `accepts`, and returns it. */
async function told(page, accepts) {
  const handle = await page.waitForFunction(
    (accepts) => window.told?.findLast((detail) => new Function("detail", `return ${accepts}`)(detail)),
    { timeout: 300_000, polling: 200 },
    accepts,
  );
  return handle.jsonValue();
}

for (const setUp of setUps) {
  describe(`embedding, ${setUp.name}`, () => {
    const here = session(setUp);
    let home;
    let host;
    after(() => {
      home?.stop();
      host?.stop();
    });

    it("a page of another origin embeds a case and hands over an image", { skip: skipWithout(testImage(1)) }, async () => {
      const page = await here.browser.newPage();
      home = await startServer("--frame-ancestors", "http://127.0.0.1:*");
      host = await startHost(home.address);
      await page.goto(host.address, { waitUntil: "load" });
      await page.evaluate(() => {
        window.told = [];
        for (const kind of ["state", "error"]) {
          document.querySelector("#case").addEventListener(`penumbra-${kind}`, (event) => window.told.push({ kind, ...event.detail }));
        }
      });
      const shown = await told(page, "detail.kind === 'state' && detail.state === 'done' && detail.summary");
      assert.deepEqual([shown.model, shown.sample], ["sunnybrook_lv", "left-ventricle"]);
      assert.equal(typeof shown.expectedWrong, "number");
      await page.screenshot({ path: new URL(`artefacts/${setUp.key}-embedded.png`, import.meta.url).pathname });
      await page.evaluate(() => (window.told = []));
      // The page around fetches its own image and hands the bytes over.
      await page.$eval("#case", (element) => element.setAttribute("model", "dsb2018_nuclei"));
      await told(page, "detail.model === 'dsb2018_nuclei' && detail.state === 'done'");
      await page.evaluate(() => (window.told = []));
      await page.$eval("#case", (element) => element.setAttribute("src", "own.png"));
      const own = await told(page, "detail.state === 'done' && detail.sample === null && detail.summary");
      assert.equal(own.model, "dsb2018_nuclei");
      assert.ok(host.requests.includes("/own.png"));
      // What makes no sense is answered with a sentence.
      await page.$eval("#case", (element) => element.show({ backend: "cuda" }));
      const fault = await told(page, "detail.kind === 'error'");
      assert.match(fault.message, /cuda/);
      const frame = page.frames().find((frame) => frame.url().startsWith(home.address));
      assert.match(frame.url(), /embed=1/);
      const parts = await frame.evaluate(() => ({
        picture: document.querySelectorAll(".pane canvas").length > 0,
        line: document.querySelector("[data-summary]").innerText,
        tabs: document.querySelectorAll("[role=tab]").length,
        open: document.querySelectorAll("input[type=file]").length,
        kept: navigator.serviceWorker.controller !== null,
      }));
      assert.deepEqual({ ...parts, line: parts.line !== "" }, { picture: true, line: true, tabs: 0, open: 0, kept: false });
      // A message from inside the frame's own window, not from the page around, opens nothing.
      await frame.evaluate(() => window.postMessage({ penumbra: 1, type: "show", query: "sample=hippocampus" }, "*"));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.equal(await frame.$eval("main", (main) => main.dataset.model), "dsb2018_nuclei");
      assert.deepEqual(here.trap.requests, [], "requests that left");
      await page.close();
      host.stop();
    });

    it("a page that the server does not name cannot embed it", async () => {
      const page = await here.browser.newPage();
      host = await startHost(here.server.address);
      await page.goto(host.address, { waitUntil: "load" });
      await page.waitForSelector("#case iframe");
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const inside = await Promise.all(
        page.frames().map((frame) => frame.evaluate(() => document.querySelectorAll("main").length).catch(() => 0)),
      );
      assert.deepEqual(inside.filter((count) => count > 0), []);
      await page.close();
      host.stop();
    });
  });
}
