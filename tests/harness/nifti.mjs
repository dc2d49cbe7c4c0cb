// Reading and writing NIfTI-1, independently of the code that is tested (nifti1.h).
import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";

/** By the header's data type: bytes per voxel and how they are read. */
const TYPES = {
  2: [1, "getUint8"],
  4: [2, "getInt16"],
  8: [4, "getInt32"],
  16: [4, "getFloat32"],
  64: [8, "getFloat64"],
  256: [1, "getInt8"],
  512: [2, "getUint16"],
  768: [4, "getUint32"],
};

/** Lengths of column, row and plane, the affine from voxel to RAS+ millimetres (three rows), and the values. */
export function readNifti(bytes) {
  const raw = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const little = view.getInt32(0, true) === 348;
  assert.equal(view.getInt32(0, little), 348, "length of a NIfTI-1 header");
  const dimensions = view.getInt16(40, little);
  const shape = [0, 1, 2].map((axis) => (axis < dimensions ? view.getInt16(42 + 2 * axis, little) : 1));
  const [size, read] = TYPES[view.getInt16(70, little)] ?? assert.fail("data type");
  const from = view.getFloat32(108, little);
  const [slope, intercept] = [view.getFloat32(112, little) || 1, view.getFloat32(116, little)];
  const count = shape.reduce((product, length) => product * length, 1);
  const data = Float64Array.from({ length: count }, (_, index) => slope * view[read](from + size * index, little) + intercept);
  return { shape, affine: affine(view, little), data };
}

/** The sform, else the qform (nifti1.h, methods 3 and 2). */
function affine(view, little) {
  const float = (at) => view.getFloat32(at, little);
  if (view.getInt16(254, little) > 0) {
    return [0, 1, 2].map((row) => [0, 1, 2, 3].map((column) => float(280 + 16 * row + 4 * column)));
  }
  assert.ok(view.getInt16(252, little) > 0, "neither sform nor qform");
  const [b, c, d] = [256, 260, 264].map(float);
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const rotation = [
    [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
    [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
    [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b],
  ];
  const edge = [80, 84, 88].map(float);
  edge[2] *= float(76) < 0 ? -1 : 1;
  return rotation.map((row, index) => [...row.map((value, axis) => value * edge[axis]), float(268 + 4 * index)]);
}

/** A volume of `shape`, another one over and over along every axis, as 32-bit floats with its affine, compressed. */
export function repeatedNifti(bytes, shape) {
  const { shape: tile, affine, data } = readNifti(bytes);
  const [columns, rows, planes] = shape;
  const kept = new Float32Array(columns * rows * planes);
  for (let plane = 0, at = 0; plane < planes; plane += 1) {
    for (let row = 0; row < rows; row += 1) {
      const line = ((plane % tile[2]) * tile[1] + (row % tile[1])) * tile[0];
      for (let column = 0; column < columns; column += 1, at += 1) kept[at] = data[line + (column % tile[0])];
    }
  }
  return writeNifti({ shape, affine, data: kept });
}

/** The middle of a volume, at most `size` columns, rows and planes, where it lies in the patient. */
export function middleOfNifti(bytes, size) {
  const { shape, affine, data } = readNifti(bytes);
  const lengths = shape.map((length, axis) => Math.min(length, size[axis]));
  const from = shape.map((length, axis) => Math.floor((length - lengths[axis]) / 2));
  const kept = new Float32Array(lengths.reduce((product, length) => product * length, 1));
  for (let at = 0; at < kept.length; at += 1) {
    const column = at % lengths[0];
    const row = Math.floor(at / lengths[0]) % lengths[1];
    const plane = Math.floor(at / (lengths[0] * lengths[1]));
    kept[at] = data[((plane + from[2]) * shape[1] + row + from[1]) * shape[0] + column + from[0]];
  }
  const moved = affine.map(([a, b, c, d]) => [a, b, c, d + a * from[0] + b * from[1] + c * from[2]]);
  return writeNifti({ shape: lengths, affine: moved, data: kept });
}

/** The same volume with its voxels stored in the other direction along every row: nothing moves in the patient. */
export function otherDirection(bytes) {
  const { shape, affine, data } = readNifti(bytes);
  const [columns] = shape;
  const turned = Float32Array.from({ length: data.length }, (_, index) => {
    const column = index % columns;
    return data[index - column + (columns - 1 - column)];
  });
  const turnedAffine = affine.map(([a, b, c, d]) => [-a, b, c, d + (columns - 1) * a]);
  return writeNifti({ shape, affine: turnedAffine, data: turned });
}

/** A volume as 32-bit floats, compressed. */
export function writeNifti({ shape, affine, data }) {
  const file = Buffer.alloc(352 + 4 * data.length);
  file.writeInt32LE(348, 0);
  [3, ...shape, 1, 1, 1, 1].forEach((length, index) => file.writeInt16LE(length, 40 + 2 * index));
  file.writeInt16LE(16, 70);
  file.writeInt16LE(32, 72);
  const edges = [0, 1, 2].map((axis) => Math.hypot(...affine.map((row) => row[axis])));
  [1, ...edges, 0, 0, 0, 0].forEach((length, index) => file.writeFloatLE(length, 76 + 4 * index));
  file.writeFloatLE(352, 108);
  file.writeFloatLE(1, 112);
  // Millimetres.
  file.writeUInt8(2, 123);
  file.writeInt16LE(1, 254);
  affine.flat().forEach((value, index) => file.writeFloatLE(value, 280 + 4 * index));
  file.write("n+1\0", 344, "latin1");
  data.forEach((value, index) => file.writeFloatLE(value, 352 + 4 * index));
  return gzipSync(file);
}

/** Share of the voxels of `one` that have another value in the voxel of `other` at the same place in the patient. */
export function differenceInPlace(one, other) {
  const inverse = invert(other.affine);
  const [columns, rows, planes] = one.shape;
  let different = 0;
  for (let plane = 0, index = 0; plane < planes; plane += 1) {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1, index += 1) {
        const place = one.affine.map(([a, b, c, d]) => a * column + b * row + c * plane + d);
        const [i, j, k] = inverse.map((line) =>
          Math.round(line.reduce((sum, value, axis) => sum + value * (place[axis] - other.affine[axis][3]), 0)),
        );
        const inside = [i, j, k].every((at, axis) => at >= 0 && at < other.shape[axis]);
        const value = inside ? other.data[(k * other.shape[1] + j) * other.shape[0] + i] : NaN;
        if (value !== one.data[index]) different += 1;
      }
    }
  }
  return different / one.data.length;
}

/** Inverse of the three by three part, by cofactors. */
function invert(affine) {
  const m = affine.map((row) => row.slice(0, 3));
  const minor = (row, column) => {
    const [a, b] = [0, 1, 2].filter((index) => index !== row);
    const [c, d] = [0, 1, 2].filter((index) => index !== column);
    return m[a][c] * m[b][d] - m[a][d] * m[b][c];
  };
  const determinant = [0, 1, 2].reduce((sum, column) => sum + (column === 1 ? -1 : 1) * m[0][column] * minor(0, column), 0);
  assert.ok(Math.abs(determinant) > 1e-9, "the affine has no inverse");
  return [0, 1, 2].map((row) =>
    [0, 1, 2].map((column) => (((row + column) % 2 === 0 ? 1 : -1) * minor(column, row)) / determinant),
  );
}
