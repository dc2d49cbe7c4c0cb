// What `penumbra predict` writes for a file.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./files.mjs";

export const program = process.env.PENUMBRA_CLI ?? join(root, "target/debug/penumbra");

/** Runs the model on the CPU and returns the files by name. `format` is the usual one of the image where none is named. */
export function predict(model, image, names, maps = [], format = undefined) {
  const folder = mkdtempSync(join(tmpdir(), "penumbra-predict-"));
  try {
    const choice = maps.length > 0 ? ["--maps", maps.join(",")] : [];
    if (format) choice.push("--format", format);
    const bundle = join(root, "web/models", model);
    execFileSync(program, ["predict", "--model", bundle, "--device", "cpu", "--out", folder, ...choice, image]);
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
