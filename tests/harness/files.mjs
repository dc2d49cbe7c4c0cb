// Folders, real test images, and whether they are there.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const artefacts = join(root, "tests/artefacts");
mkdirSync(artefacts, { recursive: true });

/** Test images and reference values that are too large for the repository. */
export const shared = resolve(process.env.PENUMBRA_SHARED ?? join(root, "../shared"));

/** For a test's `skip`: false, or the reason why what it needs is absent. */
export function skipWithout(...paths) {
  const missing = paths.find((path) => !existsSync(path));
  return missing ? `SKIPPED: ${missing} is absent; PENUMBRA_SHARED names the folder with the test data` : false;
}

export const nuclei = join(shared, "data/dsb2018_nuclei");
export const samples = join(shared, "samples");
export const badImages = join(samples, "raster_bad");

/** The path of the n-th image of the test split. */
export function testImage(n) {
  if (!existsSync(nuclei)) return join(nuclei, "images");
  const { test } = JSON.parse(readFileSync(join(nuclei, "splits.json"), "utf8"));
  return join(nuclei, "images", `${test[n]}.png`);
}
