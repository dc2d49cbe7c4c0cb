// Gives the packed files of a folder to the library as a WebAssembly module and compares what it says of them with what
// it says natively: node compare.mjs MODULE.wasm ACCOUNTS

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

const [modulePath, folder] = process.argv.slice(2);
const module = await WebAssembly.compile(await readFile(modulePath));

// A dependency's clock asks for a browser's; reading files must not need it, so that calling it is a failure.
const imports = {};
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  imports[from] ??= {};
  imports[from][name] = () => {
    throw new Error(`${name} was called, which only a browser has`);
  };
}

/** A module of its own for each, because one that has trapped is of no use any more. */
async function account(packed) {
  const { exports } = await WebAssembly.instantiate(module, imports);
  const room = exports.room(packed.length);
  // The memory may have grown: its buffer is looked up anew after every call.
  new Uint8Array(exports.memory.buffer, room, packed.length).set(packed);
  const length = exports.run();
  const bytes = new Uint8Array(exports.memory.buffer, exports.answer(), length);
  return new TextDecoder().decode(bytes);
}

function firstDifference(native, wasm) {
  const [a, b] = [native.split("\n"), wasm.split("\n")];
  const place = a.findIndex((line, index) => line !== b[index]);
  return `natively "${a[place] ?? ""}", on wasm32 "${b[place] ?? ""}"`;
}

let failed = false;
const names = (await readdir(folder)).filter((name) => name.endsWith(".files")).sort();
for (const file of names) {
  const name = file.slice(0, -".files".length);
  let difference = "";
  try {
    const native = await readFile(join(folder, `${name}.txt`), "utf8");
    const wasm = await account(await readFile(join(folder, file)));
    if (native !== wasm) difference = firstDifference(native, wasm);
  } catch (error) {
    difference = String(error);
  }
  failed ||= difference !== "";
  console.log(difference ? `not ok - ${name} (${difference})` : `ok - ${name}`);
}
if (names.length === 0) {
  console.log(`not ok - there are accounts in ${folder}`);
  failed = true;
}
process.exitCode = failed ? 1 : 0;
