// Reading what the page saves as DICOM, independently of the code that wrote it (PS3.5 section 7.1, explicit VR little endian).
import assert from "node:assert/strict";

/** Value representations whose length has four bytes after two reserved ones. */
const LONG = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UC", "UN", "UR", "UT"];
const UNDEFINED = 0xffffffff;

/** The elements of the data set itself by their tags, such as "0020000d"; sequences are passed over. */
export function readDicom(bytes) {
  assert.equal(bytes.toString("latin1", 128, 132), "DICM");
  const elements = new Map();
  for (let at = 132; at < bytes.length; ) {
    const { tag, from, length } = element(bytes, at);
    at = length === UNDEFINED ? afterSequence(bytes, from) : from + length;
    elements.set(tag, bytes.subarray(from, at));
  }
  return {
    text: (tag) => (elements.get(tag)?.toString("latin1") ?? "").replace(/[\0 ]+$/, ""),
    bytes: (tag) => elements.get(tag) ?? assert.fail(`there is no element ${tag}`),
  };
}

function element(bytes, at) {
  const tag = [at, at + 2].map((place) => bytes.readUInt16LE(place).toString(16).padStart(4, "0")).join("");
  // Items and their ends have no value representation.
  if (tag.startsWith("fffe")) return { tag, from: at + 8, length: bytes.readUInt32LE(at + 4) };
  return LONG.includes(bytes.toString("latin1", at + 4, at + 6))
    ? { tag, from: at + 12, length: bytes.readUInt32LE(at + 8) }
    : { tag, from: at + 8, length: bytes.readUInt16LE(at + 6) };
}

/** The place after the end of a sequence or an item of undefined length. */
function afterSequence(bytes, start) {
  for (let at = start; at < bytes.length; ) {
    const { tag, from, length } = element(bytes, at);
    if (tag === "fffee0dd" || tag === "fffee00d") return from;
    at = length === UNDEFINED ? afterSequence(bytes, from) : from + length;
  }
  return bytes.length;
}
