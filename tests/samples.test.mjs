// Files of every kind, good and bad, decoded by the module in the browser: what is found in them, and what is said of those
// that are refused, is what the native program says. The native tests compare that with other projects' readers.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { program } from "./harness/command_line.mjs";
import { samples, skipWithout } from "./harness/files.mjs";
import { session } from "./harness/session.mjs";

const setUp = setUps.find((setUp) => setUp.backend === "cpu");
const manifest = join(samples, "MANIFEST.json");
/** A guard against a file that keeps the decoder busy, not a measure. */
const PATIENCE = 60_000;

/** What the native program says of files, by their paths. */
function native(paths) {
  try {
    return JSON.parse(execFileSync(program, ["info", "--json", ...paths], { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] }));
  } catch (error) {
    // It fails in the end if any file is bad, and says all the same what it found.
    return JSON.parse(error.stdout);
  }
}

/** Runs in the page: a worker of its own describes one file after the other. */
async function described(files, patience) {
  const worker = new Worker("./worker/worker.js");
  const answer = () =>
    new Promise((done, fail) => {
      worker.onerror = (event) => fail(new Error(event.message));
      worker.onmessage = ({ data }) => {
        // How much of the module has arrived is no answer.
        if (data.message.type !== "progress") done(data.message);
      };
    });
  await answer();
  const all = [];
  for (const [job, { names, contents }] of files.entries()) {
    const buffers = contents.map((text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);
    const late = new Promise((_, fail) => setTimeout(() => fail(new Error(`no answer for ${names}`)), patience));
    const next = answer();
    worker.postMessage({ message: { type: "describe", job, names }, buffers }, buffers);
    const message = await Promise.race([next, late]);
    all.push(message.type === "described" ? message.summary : JSON.stringify({ error: message.message }));
  }
  worker.terminate();
  return all;
}

describe(`samples, ${setUp.name}`, () => {
  const here = session(setUp);

  it("every sample is what the native program says", { skip: skipWithout(manifest, program) }, async () => {
    // Files of a series and halves of a pair are looked at one by one; what belongs together has tests of its own.
    const paths = JSON.parse(readFileSync(manifest, "utf8")).map(({ file }) => join(samples, file));
    const found = native(paths);
    const chosen = paths.filter((path) => path in found && statSync(path).isFile() && !/\.(hdr|img)$/.test(path));
    assert.ok(chosen.length > 100, `only ${chosen.length} files`);
    const visit = await here.open("?backend=cpu");
    await visit.state("done");
    const files = chosen.map((path) => ({ names: [basename(path)], contents: [readFileSync(path).toString("base64")] }));
    const inBrowser = await visit.page.evaluate(described, files, PATIENCE);
    let refused = 0;
    for (const [index, path] of chosen.entries()) {
      const [summary, expected] = [JSON.parse(inBrowser[index]), found[path]];
      if ("error" in expected) {
        refused += 1;
        // The page makes a sentence of it.
        expected.error = `${expected.error[0].toUpperCase()}${expected.error.slice(1)}.`;
      }
      assert.deepEqual(summary, expected, join(basename(dirname(path)), basename(path)));
    }
    console.log(`${chosen.length} samples, ${refused} of them refused`);
    assert.ok(refused > 10 && refused < chosen.length / 2);
    visit.assertClean(here.server.origin);
    await visit.close();
  });
});
