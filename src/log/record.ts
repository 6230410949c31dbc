/**
 * One record of the log: how an event stands in the file, and whether bytes are one.
 *
 *     { "seq":12,"off":3456,"w":"k3f9x2.7","type":"…","at":"…",…,"crc":"1a2b3c4d"}\n
 *
 * R1. A record begins with the marker `{ "seq":`, whose space stands outside every string. JSON.stringify
 *     writes no space outside strings and escapes quotes inside them, so the marker stands nowhere else in a
 *     record: whatever a reply holds, it cannot look like the beginning of a record.
 * R2. A record is a JSON object, so no record is the beginning of another one: a torn record is never whole.
 * R3. `seq` counts the events of the log from 0. `off` is the place, in bytes, where the writer expected the
 *     record to stand. `w` names the write: a random name of the handle and the number of its write. So no
 *     two writers ever write the same bytes, and the records of one batch are known to belong together.
 * R4. `crc` is the CRC-32 of all bytes of the record before `,"crc":`, in lower-case hex.
 * R5. Between the record accepted before and this one there is normally one newline (nothing before the
 *     first). Where there is anything else, `"gap":{"bytes":N,"crc":"…"}`, before `crc`, vouches for exactly
 *     these bytes: skipped ones are as protected as accepted ones.
 * R6. `seq`, `off`, `w`, `gap` and `crc` belong to the log. Events that were read carry them too (taking
 *     them off costs more than parsing); `append` and `create` drop them and write their own.
 */

import type { Event } from "../engine/event.ts";
import { SequencerError } from "../errors.ts";
import { bitsApart, crc32, crcHex, isOneBitApart } from "./checksum.ts";

export const MARKER = '{ "seq":';
export const MARKER_BYTES = Buffer.from(MARKER);
/** Length of `,"crc":"1a2b3c4d"}`. */
export const TAIL_LENGTH = 18;
const CRC_KEY = Buffer.from(',"crc":"');
const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;
/** The value of a lower-case hex digit by its character code; -1 for all others. */
const HEX_DIGITS = Int8Array.from({ length: 256 }, (_, code) =>
  "0123456789abcdef".indexOf(String.fromCharCode(code)),
);
const TAIL_FRAME = Buffer.from(',"crc":""}');
export const NEWLINE_CRC = crc32("\n");

export interface Gap {
  readonly bytes: number;
  readonly crc: string;
}

/** What the log adds to an event. */
export interface RecordFields {
  readonly seq: number;
  readonly off: number;
  readonly w: string;
  readonly gap?: Gap;
  readonly crc: string;
}

export type RecordedEvent = Event & RecordFields;

/** A whole record found in the file: checksum and own fields are right, the event is not judged yet. */
export interface WholeRecord {
  readonly fields: RecordFields & { readonly type?: unknown; readonly at?: unknown };
  /** In bytes, without the newline. */
  readonly length: number;
}

export interface EncodedRecords {
  /** Each with its newline. */
  readonly lines: string;
  readonly bytes: Buffer;
  readonly lastLineLength: number;
}

export function tailOf(crc: number): string {
  return `,"crc":"${crcHex(crc)}"}`;
}

/**
 * True if the bytes from `start` up to `end` have the frame of a record and its checksum: the quick look at a line
 * that is most likely one. Whether it is JSON remains to be seen.
 */
export function hasRecordFrame(bytes: Buffer, start: number, end: number): boolean {
  const tail = end - TAIL_LENGTH;
  if (tail < start + MARKER_BYTES.length) return false;
  for (let i = 0; i < MARKER_BYTES.length; i++) if (bytes[start + i] !== MARKER_BYTES[i]) return false;
  for (let i = 0; i < CRC_KEY.length; i++) if (bytes[tail + i] !== CRC_KEY[i]) return false;
  if (bytes[end - 2] !== QUOTE || bytes[end - 1] !== CLOSING_BRACE) return false;
  let stated = 0;
  for (let i = tail + CRC_KEY.length; i < end - 2; i++) {
    const digit = HEX_DIGITS[bytes[i]!]!;
    if (digit < 0) return false;
    stated = (stated << 4) | digit;
  }
  return stated >>> 0 === crc32(bytes.subarray(start, tail));
}

/** What a record claims about the bytes before it: R5's normal case if it says nothing. */
export function claimedGap(fields: RecordFields): { bytes: number; crc: string } {
  if (fields.gap !== undefined) return fields.gap;
  return fields.off === 0 ? { bytes: 0, crc: crcHex(0) } : { bytes: 1, crc: crcHex(NEWLINE_CRC) };
}

/** The records of one write that expects to stand at `off`, after `gap`. */
export function encodeRecords(
  events: readonly Event[],
  place: { seq: number; off: number; write: string; gap: { bytes: number; crc: number } },
): EncodedRecords {
  const isNormalGap =
    place.off === 0 ? place.gap.bytes === 0 : place.gap.bytes === 1 && place.gap.crc === NEWLINE_CRC;
  let gap = isNormalGap ? "" : `,"gap":{"bytes":${place.gap.bytes},"crc":"${crcHex(place.gap.crc)}"}`;
  let { seq, off } = place;
  let lines = "";
  let lastLineLength = 0;
  for (const event of events) {
    const body = `${MARKER}${seq},"off":${off},"w":"${place.write}",${encodeEvent(event)}${gap}`;
    lines += `${body}${tailOf(crc32(body))}\n`;
    lastLineLength = Buffer.byteLength(body) + TAIL_LENGTH + 1;
    off += lastLineLength;
    seq++;
    gap = "";
  }
  return { lines, bytes: Buffer.from(lines), lastLineLength };
}

/** The members of the event's JSON object, without its braces. */
function encodeEvent(event: Event): string {
  let plain: Event = event;
  if ("seq" in event || "off" in event || "w" in event || "gap" in event || "crc" in event) {
    const { seq, off, w, gap, crc, ...rest } = event as RecordedEvent;
    plain = rest as Event;
  }
  const json = JSON.stringify(plain);
  if (typeof plain.type !== "string" || typeof plain.at !== "string" || !json?.startsWith('{"')) {
    throw new SequencerError("InternalError", "An event to append has no type or no time.");
  }
  return json.slice(1, -1);
}

/** The whole record with which `bytes` begin, if they do. */
export function findWholeRecord(bytes: Buffer): WholeRecord | undefined {
  if (!startsWith(bytes, MARKER_BYTES)) return undefined;
  let summed = 0;
  let crc = 0;
  let key = bytes.indexOf(CRC_KEY);
  while (key !== -1 && key + TAIL_LENGTH <= bytes.length) {
    crc = crc32(bytes.subarray(summed, key), crc);
    summed = key;
    const end = key + TAIL_LENGTH;
    if (bytes.toString("latin1", key, end) === tailOf(crc)) {
      const fields = parseFields(bytes.toString("utf8", 0, end));
      if (fields !== undefined) return { fields, length: end };
    }
    key = bytes.indexOf(CRC_KEY, key + 1);
  }
  return undefined;
}

function parseFields(json: string): WholeRecord["fields"] | undefined {
  let fields: WholeRecord["fields"];
  try {
    fields = JSON.parse(json);
  } catch {
    return undefined;
  }
  const isOurs = isCount(fields.seq) && isCount(fields.off) && typeof fields.w === "string";
  const { gap } = fields;
  const isGap = gap === undefined || (isCount(gap?.bytes) && typeof gap?.crc === "string");
  return isOurs && isGap ? fields : undefined;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** One beginning of a marker, or several: what writes leave that were cut short within their first bytes. */
const MARKER_PARTS = /^(\{( ("(s(e(q"?)?)?)?)?)?)+$/;

/** True if the bytes, up to the next marker, are what writes that were cut short leave. */
export function beginsLikeRecord(bytes: Buffer): boolean {
  return startsWith(bytes, MARKER_BYTES) || MARKER_PARTS.test(bytes.toString("latin1"));
}

/** True if these bytes hold what was a whole record before one of its bits was flipped. */
export function holdsFlippedRecord(bytes: Buffer): boolean {
  const ends = possibleEnds(bytes).filter((end) => isNearTail(bytes.subarray(end - TAIL_LENGTH, end)));
  if (ends.length === 0) return false;
  for (let start = 0; start + MARKER_BYTES.length + TAIL_LENGTH <= bytes.length; start++) {
    const difference = bytes[start]! ^ MARKER_BYTES[0]!;
    if ((difference & (difference - 1)) !== 0) continue;
    if (bitsApart(bytes.subarray(start, start + MARKER_BYTES.length), MARKER_BYTES) > 1) continue;
    if (ends.some((end) => isOneBitFromRecord(bytes.subarray(start, end)))) return true;
  }
  return false;
}

/** Where a record without its newline may end in junk: at its end, before NULs, before beginnings of markers. */
function possibleEnds(bytes: Buffer): number[] {
  const ends = [bytes.length];
  for (let nul = bytes.indexOf(0); nul !== -1; nul = bytes.indexOf(0, nul + 1)) {
    if (bytes[nul - 1] !== 0) ends.push(nul);
  }
  const rest = bytes.lastIndexOf("}") + 1;
  if (MARKER_PARTS.test(bytes.toString("latin1", rest))) ends.push(rest);
  return ends.filter((end) => end >= TAIL_LENGTH);
}

/** True if the bytes are a record's tail, or were before one bit was flipped. */
function isNearTail(bytes: Buffer): boolean {
  const digits = CRC_KEY.length;
  const frame = Buffer.concat([bytes.subarray(0, digits), bytes.subarray(TAIL_LENGTH - 2)]);
  return bitsApart(frame, TAIL_FRAME) <= 1;
}

function isOneBitFromRecord(bytes: Buffer): boolean {
  const bodyLength = bytes.length - TAIL_LENGTH;
  if (bodyLength < MARKER_BYTES.length) return false;
  const crc = crc32(bytes.subarray(0, bodyLength));
  const tail = bytes.subarray(bodyLength);
  if (bitsApart(tail, Buffer.from(tailOf(crc))) === 1) return true;
  const stated = /^,"crc":"([0-9a-f]{8})"\}$/.exec(tail.toString("latin1"))?.[1];
  return stated !== undefined && isOneBitApart(bodyLength, crc, Number.parseInt(stated, 16));
}

function startsWith(bytes: Buffer, beginning: Buffer): boolean {
  return (
    bytes.length >= beginning.length &&
    bytes.compare(beginning, 0, beginning.length, 0, beginning.length) === 0
  );
}
