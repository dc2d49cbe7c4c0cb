// How much memory a large volume takes in a browser: node tests/memory.mjs [columns rows planes]
//
// A measurement, not a test: it takes many minutes. The volume is a real scan repeated until it is large enough; the
// browser is Chromium without WebGPU, where the network's own memory counts, too. The figure is the most that the
// page's process (page, worker, everything that the browser keeps for them) ever held in main memory.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch, setUps } from "./harness/browsers.mjs";
import { artefacts, samples } from "./harness/files.mjs";
import { repeatedNifti } from "./harness/nifti.mjs";
import { startServer } from "./harness/server.mjs";
import { startTrap } from "./harness/trap.mjs";
import { Visit } from "./harness/visit.mjs";

const MEBIBYTE = 1024;
const sizes = process.argv.slice(2, 5).map(Number);
const shape = sizes.length === 3 ? sizes : [256, 256, 160];

/** Most main memory of every process of the browser with a page in it, in KiB (Linux: proc(5), VmHWM). */
function peaks() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        const command = readFileSync(`/proc/${id}/cmdline`, "utf8");
        if (!command.includes("--type=renderer")) return [];
        return [Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0)];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}

const path = join(artefacts, "repeated.nii.gz");
writeFileSync(path, repeatedNifti(readFileSync(join(samples, "dicom_series_hippo_image.nii.gz")), shape));
const [trap, server] = [await startTrap(), await startServer()];
const session = { trap, server, ...(await launch(setUps[1], trap)) };
try {
  const visit = await Visit.open(session, server.address, "?backend=cpu&model=hippocampus");
  await visit.state("done", "idle");
  console.log(`before: ${Math.round(Math.max(...peaks()) / MEBIBYTE)} MiB`);
  await visit.choose(path);
  let told = "";
  for (;;) {
    const { state, elapsedMs } = await visit.main();
    if (state === "done" && elapsedMs !== undefined && told !== "") {
      await visit.screenshot("memory");
      console.log(`${shape.join(" x ")}: ${elapsedMs} ms, at most ${Math.round(Math.max(...peaks()) / MEBIBYTE)} MiB`);
      break;
    }
    if (state === "error") throw new Error(await visit.alert());
    if (state === "running") {
      const progress = await visit.page.$eval(".progress", (element) => element.innerText);
      const peak = Math.round(Math.max(...peaks()) / MEBIBYTE);
      if (progress !== told) console.log(`${progress.replaceAll("\n", " ")}: at most ${peak} MiB`);
      told = progress;
    }
    await new Promise((resume) => setTimeout(resume, 5000));
  }
} finally {
  await session.close();
  server.stop();
  trap.stop();
}
