// The reference implementation's numbers, on WebGPU inside a browser: one network in 2D and one in 3D.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { shared, skipWithout } from "./harness/files.mjs";
import { session } from "./harness/session.mjs";

const golden = join(shared, "golden");
/** Bound for whole networks, relative to each map's maximum. */
const TOLERANCE = 1e-4;

for (const setUp of setUps) {
  describe(`reference networks, ${setUp.name}`, () => {
    const here = session(setUp);

    let visit;
    before(async () => {
      visit = await here.open(`?backend=${setUp.backend}`);
    });

    for (const name of ["swu2d", "swu3d"]) {
      const files = [join(golden, `${name}.json`), join(golden, `${name}.safetensors`)];
      it(`${name} gives the stored maps`, { skip: skipWithout(...files) }, async () => {
        const main = await visit.state("done");
        assert.equal(main.backend, setUp.backend);
        const contents = files.map((path) => readFileSync(path).toString("base64"));
        const differences = await visit.page.evaluate(conform, main.model, setUp.backend, contents);
        assert.ok(differences.length > 10, `only ${differences.length} maps were compared`);
        for (const [map, difference] of differences) {
          console.log(`${name} in ${setUp.name}: ${map} ${difference.toExponential(2)}`);
        }
        for (const [map, difference] of differences) {
          assert.ok(difference <= TOLERANCE, `${map} differs by ${difference} of its maximum`);
        }
      });
    }
  });
}

/** Runs in the page: a worker of its own loads the model, for the device, and then compares the network. */
function conform(model, backend, contents) {
  return new Promise((done, fail) => {
    const worker = new Worker("./worker/worker.js");
    const buffers = contents.map((text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);
    worker.onerror = (event) => fail(new Error(event.message));
    worker.onmessage = ({ data: { message } }) => {
      if (message.type === "started") {
        const modelsUrl = new URL("models/", document.baseURI).href;
        const load = { type: "load", version: message.version, model, modelsUrl, backend };
        worker.postMessage({ message: load, buffers: [] });
      } else if (message.type === "ready") {
        if (message.backend !== backend) fail(new Error(`the worker runs on ${message.backend}: ${message.reason}`));
        worker.postMessage({ message: { type: "conform", job: 1 }, buffers }, buffers);
      } else if (message.type === "conformed") {
        worker.terminate();
        done(message.differences);
      } else if (message.type === "failed" || message.type === "device-lost") {
        fail(new Error(message.message ?? message.reason));
      }
    };
  });
}
