// Time of a whole pass in WebAssembly, backbone and head apart, beside the runtime's measured peak:
//   cargo rustc --release -p penumbra-kernels --features probe --lib --crate-type cdylib --target wasm32-unknown-unknown
//   node crates/kernels/examples/pass.mjs target/wasm32-unknown-unknown/release/kernels.wasm web/models/dsb2018_nuclei
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const PASSES = 15;
const [module, ...models] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(await readFile(module), {});
const { memory, file, prepare, operations, backbone, head, peak } = instance.exports;

// Processor time, which a busy machine changes less than the clock.
const now = () => process.cpuUsage().user / 1e3;
const sorted = (times) => times.toSorted((a, b) => a - b);

for (const model of models) {
  for (const [which, name] of ["model.json", "weights.safetensors"].entries()) {
    const bytes = await readFile(join(model, name));
    const place = file(which, bytes.length);
    new Uint8Array(memory.buffer, place, bytes.length).set(bytes);
  }
  if (prepare() !== 1) throw new Error(`${model} is no folder of a packed model`);
  const times = [[], []];
  const peaks = [];
  for (let pass = -2; pass < PASSES; pass++) {
    const start = now();
    if (Number.isNaN(backbone())) throw new Error("the backbone gave no number");
    const middle = now();
    if (Number.isNaN(head())) throw new Error("the head gave no number");
    const end = now();
    const count = peak(400_000);
    const last = now();
    // The first two are spent while the runtime still compiles.
    if (pass < 0) continue;
    times[0].push(middle - start);
    times[1].push(end - middle);
    peaks.push(count / (last - end) / 1e6);
  }
  const limit = sorted(peaks)[PASSES >> 1];
  for (const [part, title] of ["backbone", "head"].entries()) {
    const all = sorted(times[part]);
    const middle = all[PASSES >> 1];
    const rate = operations(part) / middle / 1e6;
    console.log(
      `${model.split("/").at(-1)}: ${title} ${middle.toFixed(1)} ms (${all[1].toFixed(1)} to ${all.at(-2).toFixed(1)}), ` +
        `${rate.toFixed(1)} GFLOP/s of ${limit.toFixed(1)}`,
    );
  }
}
