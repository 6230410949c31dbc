/**
 * The log file as docs/architecture.md describes it, read and written by code of its own: a fault in src/log
 * must not hide itself from the checker.
 *
 * L1. A record counts if it begins where its `off` says, its `seq` is next and its checksums are right.
 * L2. One with a lower `off` lost a race; what is no whole record is a torn write. Both are skipped.
 * L3. Anything else is a problem: nothing behind it is read.
 */

import { crc32 } from "node:zlib";

/** An event as it stands in the file. */
export interface LogLine {
  readonly seq: number;
  readonly off: number;
  /** Of the write that it was part of. */
  readonly w: string;
  readonly type: string;
  readonly at: string;
  readonly [field: string]: any;
}

export interface ReadLog {
  readonly lines: readonly LogLine[];
  /** Whole records that lost their race. */
  readonly lost: number;
  readonly problem?: string;
}

const MARKER = '{ "seq":';
const TAIL = /,"crc":"([0-9a-f]{8})"\}$/;
const NEWLINE = 10;

export function readLog(bytes: Buffer): ReadLog {
  const lines: LogLine[] = [];
  let lost = 0;
  let acceptedEnd = 0;
  let start = bytes.indexOf(MARKER);
  while (start !== -1) {
    const marker = bytes.indexOf(MARKER, start + 1);
    const newline = bytes.indexOf(NEWLINE, start);
    const end = Math.min(marker === -1 ? bytes.length : marker, newline === -1 ? bytes.length : newline);
    const record = wholeRecord(bytes.subarray(start, end));
    if (record !== undefined && record.off < start) lost++;
    if (record !== undefined && record.off >= start) {
      const problem = whyNotNext(record, start, lines.length, bytes.subarray(acceptedEnd, start));
      if (problem !== undefined) return { lines, lost, problem };
      lines.push(record);
      acceptedEnd = end;
    }
    start = marker;
  }
  return lines.length > 0 ? { lines, lost } : { lines, lost, problem: "it holds no event" };
}

function wholeRecord(bytes: Buffer): LogLine | undefined {
  const text = bytes.toString();
  const tail = TAIL.exec(text);
  if (tail === null) return undefined;
  if (crcOf(bytes.subarray(0, bytes.length - tail[0].length)) !== tail[1]) return undefined;
  return JSON.parse(text);
}

function whyNotNext(record: LogLine, start: number, seq: number, gap: Buffer): string | undefined {
  if (record.off > start) return `the record at byte ${start} was written to stand at ${record.off}`;
  if (record.seq !== seq) return `the record at byte ${start} has seq ${record.seq} instead of ${seq}`;
  const usual = Buffer.from(start === 0 ? "" : "\n");
  const { bytes, crc } = record["gap"] ?? { bytes: usual.length, crc: crcOf(usual) };
  if (bytes === gap.length && crc === crcOf(gap)) return undefined;
  return `the record at byte ${start} vouches for other bytes before it`;
}

/** A log of exactly these events, each at its place: to plant a violation in a log that is valid as such. */
export function writeLog(lines: readonly LogLine[]): Buffer {
  let text = "";
  for (const [seq, { seq: _, off: __, w, gap: ___, crc: ____, ...event }] of lines.entries()) {
    const fields = JSON.stringify(event).slice(1, -1);
    const body = `${MARKER}${seq},"off":${Buffer.byteLength(text)},"w":"${w}",${fields}`;
    text += `${body},"crc":"${crcOf(Buffer.from(body))}"}\n`;
  }
  return Buffer.from(text);
}

function crcOf(bytes: Buffer): string {
  return (bytes.length === 0 ? 0 : crc32(bytes)).toString(16).padStart(8, "0");
}
