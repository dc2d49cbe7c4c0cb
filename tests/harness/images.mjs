// Reading what the page and the command line save, independently of the code that wrote it, and making images to open.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import pngjs from "pngjs";
import { artefacts } from "./files.mjs";

/** A PNG as red, green, blue, alpha, 8 bits each. */
export function readPng(bytes) {
  const { width, height, data } = pngjs.PNG.sync.read(bytes);
  return { width, height, data };
}

/** Red, green, blue, alpha as a PNG without alpha. */
export function writePng({ width, height, data }) {
  const png = new pngjs.PNG({ width, height });
  png.data = data;
  return pngjs.PNG.sync.write(png, { colorType: 2 });
}

/** A PNG of `width` by `height` pixels, another one over and over; returns its path among the artefacts. */
export function repeated(path, width, height) {
  const tile = readPng(readFileSync(path));
  const data = Buffer.alloc(4 * width * height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const from = 4 * ((row % tile.height) * tile.width + (column % tile.width));
      tile.data.copy(data, 4 * (row * width + column), from, from + 4);
    }
  }
  const file = join(artefacts, `repeated_${width}x${height}.png`);
  writeFileSync(file, writePng({ width, height, data }));
  return file;
}

/** Share of pixels that differ. */
export function shareOfDifferentPixels(one, other) {
  assert.deepEqual([one.width, one.height], [other.width, other.height], "size of the two masks");
  let different = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    if ([0, 1, 2, 3].some((channel) => one.data[at + channel] !== other.data[at + channel])) different += 1;
  }
  return different / (one.width * one.height);
}

const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 16: 8 };

/** A TIFF of one channel of 32-bit floating-point numbers, in strips, raw or deflated (TIFF 6.0, sections 2, 8, 19). */
export function readFloatTiff(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = view.getUint16(0) === 0x4949;
  assert.equal(view.getUint16(2, little), 42, "TIFF's magic number");
  const directory = view.getUint32(4, little);
  const tags = new Map();
  for (let entry = 0; entry < view.getUint16(directory, little); entry += 1) {
    const at = directory + 2 + 12 * entry;
    const [tag, type, count] = [view.getUint16(at, little), view.getUint16(at + 2, little), view.getUint32(at + 4, little)];
    const size = SIZES[type];
    if (!size) continue;
    const from = size * count <= 4 ? at + 8 : view.getUint32(at + 8, little);
    const read = { 1: "getUint8", 3: "getUint16", 4: "getUint32" }[type];
    if (read) tags.set(tag, Array.from({ length: count }, (_, index) => view[read](from + size * index, little)));
  }
  const [width, height] = [tags.get(256)[0], tags.get(257)[0]];
  assert.deepEqual([tags.get(258)[0], tags.get(277)?.[0] ?? 1, tags.get(339)?.[0]], [32, 1, 3], "one 32-bit float per pixel");
  const compression = tags.get(259)?.[0] ?? 1;
  assert.ok([1, 8, 32946].includes(compression), `compression ${compression}`);
  assert.equal(tags.get(317)?.[0] ?? 1, 1, "no predictor");
  const parts = tags.get(273).map((offset, index) => {
    const strip = bytes.subarray(offset, offset + tags.get(279)[index]);
    return compression === 1 ? strip : inflateSync(strip);
  });
  const raw = Buffer.concat(parts);
  assert.equal(raw.length, 4 * width * height, "bytes of all strips");
  const data = Float32Array.from({ length: width * height }, (_, index) =>
    little ? raw.readFloatLE(4 * index) : raw.readFloatBE(4 * index),
  );
  return { width, height, data };
}

/** Largest difference over the reference's largest absolute value, or over 1 where that is larger. */
export function largestDifference(map, reference) {
  assert.deepEqual([map.width, map.height], [reference.width, reference.height], "size of the two maps");
  let [difference, scale] = [0, 1];
  for (let at = 0; at < reference.data.length; at += 1) {
    assert.ok(Number.isFinite(map.data[at]), `the map is not finite at ${at}`);
    difference = Math.max(difference, Math.abs(map.data[at] - reference.data[at]));
    scale = Math.max(scale, Math.abs(reference.data[at]));
  }
  return difference / scale;
}

/** How many pixels of RGBA bytes have the colour of doubt, blended with what lies under it or not. */
export function doubtful(data) {
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
    if (red > 150 && blue > 120 && green < 0.6 * Math.min(red, blue)) count += 1;
  }
  return count;
}
