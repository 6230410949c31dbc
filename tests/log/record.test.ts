/**
 * What stands in the file: the record's form, and that nothing a reply holds can look like one.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32, isOneBitApart } from "../../src/log/checksum.ts";
import { encodeRecords, findWholeRecord, MARKER } from "../../src/log/record.ts";
import { MemoryFiles } from "./memory-files.ts";
import { ID, PATH, readBytes, signal, started, storeOver } from "./memory-log.ts";

const hostileString = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    MARKER,
    `"${MARKER}`,
    `\n${MARKER}0,"off":0`,
    ',"crc":"00000000"}',
    "{ ",
    '\\"{ "seq":',
    "\ud800",
  ),
  fc
    .array(fc.constantFrom("{", " ", '"', "seq", ":", "\\", "}", ",", "crc"), { maxLength: 12 })
    .map((parts) => parts.join("")),
);
const { hostile } = fc.letrec((tie) => ({
  hostile: fc.oneof(
    { maxDepth: 4 },
    hostileString,
    fc.double(),
    fc.constant(null),
    fc.array(tie("hostile"), { maxLength: 4 }),
    fc.dictionary(hostileString, tie("hostile"), { maxKeys: 4, noNullPrototype: false }),
  ),
}));

const place = { seq: 7, off: 1234, write: "abcdef.0", gap: { bytes: 1, crc: crc32("\n") } };

describe("a record", () => {
  it("begins with a marker that stands nowhere else in it, whatever keys and values the event has", () => {
    fc.assert(
      fc.property(hostileString, hostile, (name, value) => {
        const { lines, bytes } = encodeRecords([signal(name, value)], place);
        expect(lines.startsWith(MARKER)).toBe(true);
        expect(lines.indexOf(MARKER, 1)).toBe(-1);
        expect(lines.indexOf("\n")).toBe(lines.length - 1);
        expect(findWholeRecord(bytes)?.length).toBe(bytes.length - 1);
      }),
      { numRuns: 3000 },
    );
  });

  it("is never whole when it is cut short, even by its last byte", () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const { bytes } = encodeRecords([signal("a", value)], place);
        for (let length = 0; length < bytes.length - 1; length++) {
          expect(findWholeRecord(bytes.subarray(0, length))).toBeUndefined();
        }
      }),
      { numRuns: 200 },
    );
  });

  it("has the form that is documented", () => {
    const { lines } = encodeRecords([signal("a"), signal("b")], { ...place, gap: { bytes: 3, crc: 0xabc } });
    expect(lines.split("\n")).toEqual([
      '{ "seq":7,"off":1234,"w":"abcdef.0","type":"signal_received","at":"2026-01-02T03:04:05.678Z","name":"a",' +
        `"value":null,"gap":{"bytes":3,"crc":"00000abc"},"crc":"${crcIn(lines, 0)}"}`,
      '{ "seq":8,"off":1404,"w":"abcdef.0","type":"signal_received","at":"2026-01-02T03:04:05.678Z","name":"b",' +
        `"value":null,"crc":"${crcIn(lines, 1)}"}`,
      "",
    ]);
    expect(crcIn(lines, 1)).toBe(crc32(lines.split("\n")[1]!.slice(0, -18)).toString(16).padStart(8, "0"));
  });

  it("is read the same with replies that are full of markers, on disk", async () => {
    const files = new MemoryFiles();
    const store = storeOver(files);
    const log = (await store.create(ID, [started]))!;
    const values = [MARKER, { [MARKER]: MARKER }, [`\n${MARKER}1,"off":2`]];
    for (const value of values) log.append([signal(MARKER, value)]);
    expect((await readBytes(files.contentOf(PATH))).names).toEqual(["started", MARKER, MARKER, MARKER]);
  });

  it("refuses to be made of what is no event", () => {
    expect(() => encodeRecords([{ at: "now" } as never], place)).toThrowError("no type");
    expect(() => encodeRecords([{ type: "closed" } as never], place)).toThrowError("no time");
  });
});

describe("checksums", () => {
  it("tell one flipped bit from other damage", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(bytes, fc.nat(), fc.uint8Array({ minLength: 2, maxLength: 4 }), (original, bit, noise) => {
        const flipped = Uint8Array.from(original);
        flipped[(bit >> 3) % original.length]! ^= 1 << (bit & 7);
        expect(isOneBitApart(original.length, crc32(original), crc32(flipped))).toBe(true);
        expect(isOneBitApart(original.length, crc32(original), crc32(original))).toBe(false);
        const twice = Uint8Array.from(flipped);
        twice[(noise[0]! * 7) % original.length]! ^= 3 << (noise[1]! % 6);
        const bitsOff = twice.reduce(
          (sum, byte, i) => sum + (byte ^ original[i]!).toString(2).replaceAll("0", "").length,
          0,
        );
        expect(isOneBitApart(original.length, crc32(original), crc32(twice))).toBe(bitsOff === 1);
      }),
    );
  });
});

function crcIn(lines: string, line: number): string {
  return lines.split("\n")[line]!.slice(-10, -2);
}
