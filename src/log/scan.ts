/**
 * Reads the log on from where it stands and judges what it finds: the acceptance rule.
 *
 * The file is read as tokens: a newline, a whole record, or *junk*, which reaches up to the next newline, the
 * next marker or the end. Writers only ever append `(record newline)+`, cut short anywhere by a crash; so
 * junk is the beginning of a record, and what follows it, if anything, is a marker. Power loss may besides
 * turn bytes that nobody had synced into NULs.
 *
 * S1. A record at its own place, with the next `seq`, whose claim about the gap before it is true: accepted.
 * S2. A record whose very bytes stand at its own place earlier, or a line equal to the one before: a copy
 *     made by hand. A hole (see `places.ts`), as is a blank line.
 * S3. A record before its real place, as a lost race leaves it: skipped, by every reader, always. It must be
 *     believable, or bytes were inserted before it: the accepted event before it in its writer's view ends
 *     where it says, and the bytes from there to its own place are those that it vouches for; or it goes on
 *     the lost write before it. (A whole foreign record may be inserted and believed; what was written
 *     after the next write is then refused.)
 * S4. A record that stands after its own place: a line is missing. Corruption.
 * S5. Junk is a torn write and skipped if it begins like a record and no newline ends it, or if it holds NULs.
 *     All other junk, and junk one flipped bit away from a record, is corruption.
 * S6. After junk with NULs, whole records that S1 and S3 would refuse are the remains of writes that the
 *     power loss tore (had they been synced, so would the bytes before them): skipped, except where the gap
 *     differs in one flipped bit.
 * S7. Junk at the end is not read past: it may be a write in progress. It can only turn from torn to whole.
 * S8. A verdict depends only on bytes up to the end of the token. Nothing is ever truncated or rewritten.
 *
 * Lines that are simply the next record take a short way (`#acceptPlainLine`), the rest goes token by token.
 */

import { isAscii } from "node:buffer";
import type { Event } from "../engine/event.ts";
import { SequencerError } from "../errors.ts";
import { crc32, crcHex, isOneBitApart } from "./checksum.ts";
import { isViewTrue } from "./lost-race.ts";
import { type FileBytes, Places } from "./places.ts";
import {
  beginsLikeRecord,
  claimedGap,
  type EncodedRecords,
  findWholeRecord,
  hasRecordFrame,
  holdsFlippedRecord,
  MARKER_BYTES,
  NEWLINE_CRC,
  type RecordedEvent,
  TAIL_LENGTH,
  type WholeRecord,
} from "./record.ts";

const NEWLINE = 10;
/** Of the name of a type that is not known, in what is said about it. */
const TYPE_LENGTH = 80;
const TAIL_KEY = ',"crc":"';

/** What a log may hold, as far as this version knows. */
export interface KnownFormat {
  isKnownType(type: string): boolean;
  readonly formatVersion: number;
  /** What is wrong with an event of a known type; left out, nothing is looked at but `type` and `at`. */
  readonly formProblem?: ((event: Event) => string | undefined) | undefined;
}

/** Accepted events, and the same as lines. */
export interface Run {
  readonly events: Event[];
  lines: string;
}

/** What stands directly before the position. */
type Before = "start" | "newline" | "record" | "copy" | "junk";

export class Scan {
  readonly #path: string;
  readonly #file: FileBytes;
  readonly #known: KnownFormat;
  readonly #places = new Places();

  /** `seq` of the next event. */
  nextSeq = 0;
  /** Of the first byte that is not judged yet. */
  position = 0;
  /** `at` of the last accepted event. */
  lastAt = "";
  /** What makes the log unusable from `position` on. */
  problem: SequencerError | undefined;
  /** The reason in the fence, once one is accepted. */
  fence: string | undefined;

  #before: Before = "start";
  /** The bytes since the last accepted record, without holes. */
  #gapBytes = 0;
  #gapCrc = 0;
  /** Junk with NULs was skipped since the last accepted record. */
  #zeroed = false;
  /** The record directly before, if it lost its race. */
  #lost: { readonly w: string; readonly seq: number; readonly late: number } | undefined;
  #lineNumber = 1;
  #lineStart = 0;
  #previousLine = { start: 0, length: 0 };

  constructor(path: string, file: FileBytes, known: KnownFormat) {
    this.#path = path;
    this.#file = file;
    this.#known = known;
  }

  /** Judges `bytes`, which stand at `position`; `atEnd` if the file ended with them. Stops at a problem. */
  read(bytes: Buffer, atEnd: boolean): Run {
    const run: Run = { events: [], lines: "" };
    try {
      this.#readTokens(bytes, atEnd, run);
      if (atEnd && this.nextSeq === 0) this.#corrupt("it holds no whole event; the instance never started");
    } catch (error) {
      if (!(error instanceof SequencerError)) throw error;
      this.problem = error;
    }
    return run;
  }

  /** Where a write stands that follows `unread`, the bytes from the position to the end of the file. */
  placeAfter(unread: Buffer): { off: number; gap: { bytes: number; crc: number } } {
    return {
      off: this.#places.placeOf(this.position + unread.length),
      gap: { bytes: this.#gapBytes + unread.length, crc: crc32(unread, this.#gapCrc) },
    };
  }

  /** Goes past our own records, which won their place after `unread` bytes of a torn write. */
  passOwn(unread: number, records: EncodedRecords, events: readonly Event[]): void {
    this.position += unread + records.bytes.length;
    this.nextSeq += events.length;
    this.#lineNumber += events.length;
    const start = events.length === 1 ? this.#lineStart : this.position - records.lastLineLength;
    this.#previousLine = { start, length: this.position - start };
    this.#lineStart = this.position;
    this.#before = "newline";
    this.#acceptedUpTo(NEWLINE_CRC, 1, events.at(-1)!);
    const fence = events.find((event) => event.type === "storage_failed");
    if (fence !== undefined) this.fence = fence.reason;
  }

  #readTokens(bytes: Buffer, atEnd: boolean, run: Run): void {
    const ascii = isAscii(bytes);
    const text = bytes.toString(ascii ? "latin1" : "utf8");
    const base = this.position;
    let at = 0;
    let char = 0;
    let plainFrom = 0;
    while (at < bytes.length && this.fence === undefined) {
      const charEnd = text.indexOf("\n", char);
      const end = ascii ? charEnd : bytes.indexOf(NEWLINE, at);
      if (end !== -1 && this.#acceptPlainLine(bytes, at, end, text, char, charEnd, run)) {
        at = end + 1;
        char = charEnd + 1;
        continue;
      }
      run.lines += text.slice(plainFrom, char);
      this.#readLine(bytes.subarray(at, end === -1 ? bytes.length : end + 1), atEnd, run);
      if (end === -1 || this.position < base + end + 1) return;
      at = end + 1;
      char = charEnd + 1;
      plainFrom = char;
    }
    run.lines += text.slice(plainFrom, char);
  }

  /** The short way: the line is the next record, directly after the one before. False: nothing was done. */
  #acceptPlainLine(
    bytes: Buffer,
    start: number,
    end: number,
    text: string,
    charStart: number,
    charEnd: number,
    run: Run,
  ): boolean {
    if (this.#before !== "newline" || this.#gapBytes !== 1 || this.#gapCrc !== NEWLINE_CRC) return false;
    if (!hasRecordFrame(bytes, start, end)) return false;
    let event: RecordedEvent;
    try {
      event = JSON.parse(text.slice(charStart, charEnd));
    } catch {
      return false;
    }
    if (event.seq !== this.nextSeq || event.off !== this.#places.placeOf(this.position)) return false;
    if (event.gap !== undefined || typeof event.at !== "string" || !this.#known.isKnownType(event.type))
      return false;
    if (event.type === "started" || event.type === "storage_failed") return false;
    if (this.#known.formProblem?.(event) !== undefined) return false;
    run.events.push(event);
    const length = end + 1 - start;
    this.#previousLine.start = this.position;
    this.#previousLine.length = length;
    this.position += length;
    this.#lineStart = this.position;
    this.#lineNumber++;
    this.nextSeq++;
    this.lastAt = event.at;
    this.#lost = undefined;
    return true;
  }

  /** Reads the tokens of one line, its newline included, as far as they can be judged. */
  #readLine(bytes: Buffer, atEnd: boolean, run: Run): void {
    const terminated = bytes.at(-1) === NEWLINE;
    if (!terminated && !atEnd) return;
    const lineEnd = terminated ? bytes.length - 1 : bytes.length;
    if (terminated && this.position === this.#lineStart && this.#doublesPreviousLine(bytes)) {
      this.#addHole(bytes.length);
      this.#endLine();
      return;
    }
    let at = 0;
    while (at < lineEnd) {
      const marker = bytes.indexOf(MARKER_BYTES, at + 1);
      const piece = bytes.subarray(at, marker === -1 ? lineEnd : marker);
      const record = findWholeRecord(piece);
      if (record !== undefined) {
        this.#judgeRecord(piece.subarray(0, record.length), record, run);
        at += record.length;
        if (this.fence !== undefined) return;
      } else {
        const endedBy = marker !== -1 ? "marker" : terminated ? "newline" : "end";
        this.#judgeJunk(piece, endedBy);
        if (endedBy === "end") return;
        at += piece.length;
      }
    }
    if (terminated) this.#readNewline(bytes.subarray(lineEnd));
  }

  #readNewline(newline: Buffer): void {
    if (this.#before === "record" || this.#before === "junk") this.#skip(newline);
    else this.#addHole(1);
    this.#before = "newline";
    const start = this.#lineStart;
    if (this.position - start > 1) this.#previousLine = { start, length: this.position - start };
    this.#endLine();
  }

  #endLine(): void {
    this.#before = "newline";
    this.#lineStart = this.position;
    this.#lineNumber++;
  }

  #judgeRecord(bytes: Buffer, record: WholeRecord, run: Run): void {
    const { fields } = record;
    const place = this.#places.placeOf(this.position);
    if (fields.off > place) {
      this.#corrupt(
        `it was written to stand at ${fields.off}, ${fields.off - place} bytes later: a line is missing`,
      );
    }
    if (fields.off === place) {
      if (fields.seq === this.nextSeq && this.#isGap(claimedGap(fields))) this.#accept(bytes, fields, run);
      else if (this.#zeroed && !this.#isGapFlipped(fields)) this.#skipRecord(bytes, fields, place);
      else if (fields.seq !== this.nextSeq)
        this.#corrupt(`its seq is ${fields.seq} instead of ${this.nextSeq}`);
      else this.#corrupt("the bytes skipped before it are not those that it vouches for");
    } else if (this.#isCopy(bytes, fields.off)) {
      this.#addHole(bytes.length);
      this.#before = "copy";
    } else if (this.#zeroed || this.#isBelievableLoser(record, place)) {
      this.#skipRecord(bytes, fields, place);
    } else {
      this.#corrupt(
        `it was written to stand at ${fields.off}, ${place - fields.off} bytes earlier: bytes were inserted`,
      );
    }
  }

  #accept(bytes: Buffer, fields: WholeRecord["fields"], run: Run): void {
    const { type, at } = fields;
    if (typeof type !== "string" || typeof at !== "string") this.#corrupt("the event has no type or no time");
    const event = fields as RecordedEvent;
    if (!this.#known.isKnownType(event.type))
      this.#newer(`events of type ${JSON.stringify(type.slice(0, TYPE_LENGTH))}`);
    if (event.type === "started" && event.format > this.#known.formatVersion) {
      this.#newer(`format ${event.format}; this version knows ${this.#known.formatVersion}`);
    }
    const problem = this.#known.formProblem?.(event);
    if (problem !== undefined) this.#corrupt(problem);
    run.events.push(event);
    run.lines += `${bytes.toString()}\n`;
    this.position += bytes.length;
    this.nextSeq++;
    this.#before = "record";
    this.#acceptedUpTo(0, 0, event);
    if (event.type === "storage_failed") this.fence = String(event.reason);
  }

  #acceptedUpTo(gapCrc: number, gapBytes: number, event: Event): void {
    this.#gapCrc = gapCrc;
    this.#gapBytes = gapBytes;
    this.#zeroed = false;
    this.#lost = undefined;
    this.lastAt = event.at;
  }

  #skipRecord(bytes: Buffer, { w, seq, off }: WholeRecord["fields"], place: number): void {
    this.#skip(bytes);
    this.#lost = { w, seq, late: place - off };
    this.#before = "record";
  }

  #skip(bytes: Buffer): void {
    this.#gapBytes += bytes.length;
    this.#gapCrc = crc32(bytes, this.#gapCrc);
    this.position += bytes.length;
  }

  #addHole(length: number): void {
    this.#places.addHole(this.position, length);
    this.position += length;
  }

  #judgeJunk(bytes: Buffer, endedBy: "marker" | "newline" | "end"): void {
    const zeroed = bytes.includes(0);
    if (holdsFlippedRecord(bytes)) this.#corrupt("a bit of the record is flipped");
    if (!zeroed && endedBy === "newline") this.#corrupt("it is not a whole record with a right checksum");
    if (!zeroed && !beginsLikeRecord(bytes)) this.#corrupt("there are bytes that no record begins with");
    if (endedBy === "end") return;
    this.#skip(bytes);
    this.#zeroed ||= zeroed;
    this.#lost = undefined;
    this.#before = "junk";
  }

  #isGap(claim: { bytes: number; crc: string }): boolean {
    return claim.bytes === this.#gapBytes && claim.crc === crcHex(this.#gapCrc);
  }

  #isGapFlipped(fields: WholeRecord["fields"]): boolean {
    const claim = claimedGap(fields);
    if (fields.seq !== this.nextSeq || claim.bytes !== this.#gapBytes) return false;
    return isOneBitApart(claim.bytes, this.#gapCrc, Number.parseInt(claim.crc, 16));
  }

  #isCopy(bytes: Buffer, place: number): boolean {
    const position = this.#places.positionOf(place);
    return this.#file.bytesAt(position, position + bytes.length).equals(bytes);
  }

  #doublesPreviousLine(line: Buffer): boolean {
    const { start, length } = this.#previousLine;
    const endsInRecord = line.length > TAIL_LENGTH && line.indexOf(TAIL_KEY, -TAIL_LENGTH - 1) !== -1;
    return endsInRecord && line.length === length && this.#file.bytesAt(start, start + length).equals(line);
  }

  #isBelievableLoser({ fields }: WholeRecord, place: number): boolean {
    const { w, seq, off } = fields;
    const before = this.#lost;
    if (before !== undefined && w === before.w && seq === before.seq + 1 && place - off === before.late) {
      return true;
    }
    return isViewTrue(this.#file, this.#places, fields);
  }

  #corrupt(reason: string): never {
    throw new SequencerError(
      "CorruptedLog",
      `The log ${this.#path} is damaged in line ${this.#lineNumber}, at byte ${this.position}: ${reason}.`,
      this.nextSeq === 0 ? "Remove the file and start the instance again." : undefined,
    );
  }

  #newer(what: string): never {
    throw new SequencerError(
      "LogFromNewerVersion",
      `The log ${this.#path} holds ${what} (line ${this.#lineNumber}): a newer version wrote it.`,
    );
  }
}
