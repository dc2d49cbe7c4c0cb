// Reading a zip that the page saves, independently of the code that wrote it (PKWARE's APPNOTE, sections 4.3.7 and 4.3.12).
import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";

/** The files of an archive by their names. */
export function readZip(bytes) {
  const end = bytes.lastIndexOf("PK\x05\x06", undefined, "latin1");
  assert.ok(end >= 0, "no end of a central directory");
  const files = {};
  let at = bytes.readUInt32LE(end + 16);
  for (let entry = 0; entry < bytes.readUInt16LE(end + 10); entry += 1) {
    assert.equal(bytes.toString("latin1", at, at + 4), "PK\x01\x02");
    const [method, packed] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(from, from + packed);
    assert.ok(method === 0 || method === 8, `method ${method}`);
    files[bytes.toString("utf8", at + 46, at + 46 + name)] = method === 8 ? inflateRawSync(data) : Buffer.from(data);
    at += 46 + name + extra + comment;
  }
  return files;
}
