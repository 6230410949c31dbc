import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  assertInstanceId,
  isInstanceId
} from "./chunk-Y4Q2QEGS.js";
import {
  FORMAT_VERSION,
  isKnownEventType
} from "./chunk-I77IYGI3.js";
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";

// src/engine/event-form.ts
var text = (value) => typeof value === "string";
var number = (value) => typeof value === "number";
var count = (value) => Number.isSafeInteger(value) && value >= 0;
var flag = (value) => value === true;
var time = (value) => typeof value === "string" && value.length === 24 && value.endsWith("Z") && !Number.isNaN(Date.parse(value));
var json = (value) => value !== void 0;
var object = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
var schema = (value) => typeof value === "boolean" || object(value);
var version = (value) => typeof value === "string" && /^\w[\w-]*$/.test(value);
var listOf = (check) => (value) => Array.isArray(value) && value.every(check);
var oneOf = (...values) => (value) => values.includes(value);
function members(required, optional = {}) {
  const of = (form, isRequired) => Object.entries(form).map(([name, check]) => ({ name, check, required: isRequired }));
  return [...of(required, true), ...of(optional, false)];
}
function shaped(required, optional) {
  const all = members(required, optional);
  return (value) => object(value) && all.every((member) => fits(value, member));
}
var problems = listOf(shaped({ path: text, message: text }));
var error = shaped({ type: text, message: text }, { stack: text });
var progress = shaped({ current: number, of: number, label: text });
var step = { step_no: count };
var FORMS = {
  started: members(
    {
      format: count,
      engine: text,
      instance_id: text,
      program: shaped({ name: text, version }),
      params: json,
      seed: text,
      project_dir: text
    },
    {
      time_zone: text,
      locale: text,
      node: number,
      request_id: text,
      forked_from: shaped({ instance_id: text, before_step_no: count }),
      pauses: listOf(shaped({ until: time, ms: number }))
    }
  ),
  step_issued: members(
    { ...step, scope: text, ordinal: count, kind: text },
    {
      id: text,
      text,
      schema,
      on_invalid: text,
      attempt: number,
      max_attempts: number,
      validation_error: shaped({ step_no: count, problems }),
      expected_minutes: number,
      tools: shaped({}, { allow: listOf(text), deny: listOf(text) }),
      choices: listOf(text),
      label: text,
      args: listOf(text),
      timeout_at: time,
      timeout_moved_ms: number,
      progress
    }
  ),
  reply_accepted: members({ ...step, reply: json }, { from_string: flag, by: text }),
  // biome-ignore lint/suspicious/noThenProperty: the event's own member, which the log's format names so
  reply_rejected: members({ ...step, reply: json, problems, then: oneOf("retry", "fail", "abort") }),
  step_failed: members({ ...step, code: text, reason: text }, { error: text, scope: text, ordinal: count }),
  step_cancelled: members({ ...step, reason: text }),
  effect_started: members({ ...step, owner: text, attempt: count }),
  effect_finished: members(step, { error }),
  timer_fired: members(step),
  signal_received: members({ name: text, value: json }),
  cancel_requested: members({ reason: text }),
  version_adopted: members(
    { version, previous: version },
    { values: object, signal_values: object, withdrawn: listOf(count), calls: object }
  ),
  closed: [],
  reopened: [],
  storage_failed: members({ reason: text }),
  ended: members(
    { state: oneOf("completed", "aborted", "failed", "cancelled") },
    { reason: text, error, forced: flag, progress }
  )
};
var SHOWN = {
  instruction: members({ text }),
  ask: members({ text }),
  effect: members({ label: text }),
  command: members({ label: text }),
  signal: members({ label: text }),
  call: members({ label: text }),
  sleep: members({ timeout_at: time })
};
function fits(object2, { name, check, required }) {
  const value = object2[name];
  return value === void 0 ? !required : check(value);
}
var lastTime = "";
function formProblem(event) {
  if (event.at !== lastTime && !time(event.at)) return wrong(event, "at");
  lastTime = event.at;
  const form = FORMS[event.type];
  for (let i = 0; i < form.length; i++) if (!fits(event, form[i])) return wrong(event, form[i].name);
  if (event.type !== "step_issued") return void 0;
  const shown = Object.hasOwn(SHOWN, event.kind) ? SHOWN[event.kind] : [];
  const missing = shown.find((member) => !fits(event, member));
  return missing && wrong(event, missing.name);
}
function wrong({ type }, member) {
  return `it is no ${type}: its '${member}' is missing, or not what it must be`;
}
var KNOWN_FORMAT = {
  isKnownType: isKnownEventType,
  formatVersion: FORMAT_VERSION,
  formProblem
};

// src/log/log-store.ts
import { constants as constants2 } from "node:fs";
import { join as join3 } from "node:path";

// src/log/claims.ts
import { createHash } from "node:crypto";
import { join as join2 } from "node:path";

// src/log/log-files.ts
import fs from "node:fs";
var NODE_FILES = fs;
var { O_APPEND, O_RDWR, O_RDONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
var OPEN_LOG = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
var CREATE_FILE = O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW;
var READ_FILE = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
var FILE_MODE = 384;
var FOLDER_MODE = 448;
function errnoOf(error2) {
  const code = error2?.code;
  return typeof code === "string" ? code : "";
}
var PLAIN_WORDS = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would become larger than is allowed",
  EIO: "the disk reported an error",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "it is a file, not a folder",
  ENOENT: "it does not exist",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
  ELOOP: "it is a symbolic link",
  NO_LINKS: "its file system has no hard links, which logs are published with",
  SHORT_WRITE: "only a part was written, as on a full disk"
};
function shortWrite() {
  return Object.assign(new Error("short write"), { code: "SHORT_WRITE" });
}
function isOutOfSpace(error2) {
  return ["ENOSPC", "EDQUOT", "SHORT_WRITE"].includes(errnoOf(error2));
}
function factOf(error2) {
  const errno = errnoOf(error2);
  if (errno === "") return error2 instanceof Error ? error2.message : String(error2);
  return PLAIN_WORDS[errno] === void 0 ? errno : `${PLAIN_WORDS[errno]} (${errno})`;
}
function readFully(files, fd, buffer, position) {
  let filled = 0;
  while (filled < buffer.length) {
    const read = files.readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

// src/log/publish.ts
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { dirname, join } from "node:path";
function stateDirUnusable(folder, cause) {
  const fix = isOutOfSpace(cause) ? "Free space on the disk of the state folder, then call again." : void 0;
  const message = `The state folder ${folder} cannot be used: ${factOf(cause)}.`;
  return new SequencerError("StateDirUnusable", message, fix, { cause });
}
function makeFolder(files, folder) {
  const parent = dirname(folder);
  if (parent !== folder && !isThere(files, folder)) makeFolder(files, parent);
  const made = files.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  if (made !== void 0) files.chmodSync(folder, FOLDER_MODE);
  try {
    syncFolder(files, parent);
  } catch (error2) {
    if (!["EACCES", "EPERM"].includes(errnoOf(error2))) throw error2;
  }
}
function isThere(files, path) {
  try {
    files.lstatSync(path);
    return true;
  } catch (error2) {
    return errnoOf(error2) !== "ENOENT";
  }
}
function openTemporary(files, folder, name) {
  const path = join(folder, `.${name}.${randomBytes(6).toString("hex")}.tmp`);
  let fd;
  try {
    fd = files.openSync(path, CREATE_FILE, FILE_MODE);
  } catch (error2) {
    if (errnoOf(error2) !== "ENOENT") throw error2;
    makeFolder(files, folder);
    fd = files.openSync(path, CREATE_FILE, FILE_MODE);
  }
  try {
    files.fchmodSync(fd, FILE_MODE);
  } catch (error2) {
    discard(files, { path, fd });
    throw error2;
  }
  return { path, fd };
}
function writeWhole(files, fd, bytes) {
  const written = files.writeSync(fd, bytes);
  if (written !== bytes.length) throw shortWrite();
}
function linkTo(files, temporary, path) {
  try {
    files.linkSync(temporary, path);
  } catch (error2) {
    if (errnoOf(error2) === "EEXIST") return false;
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(errnoOf(error2))) {
      throw Object.assign(new Error("no hard links", { cause: error2 }), { code: "NO_LINKS" });
    }
    throw error2;
  } finally {
    forget(files, temporary);
  }
  return true;
}
function discard(files, temporary) {
  files.closeSync(temporary.fd);
  forget(files, temporary.path);
}
function forget(files, temporary) {
  try {
    files.unlinkSync(temporary);
  } catch {
  }
}
function unlinkIfThere(files, path) {
  try {
    files.unlinkSync(path);
  } catch (error2) {
    if (!["ENOENT", "ENOTDIR"].includes(errnoOf(error2))) throw error2;
  }
}
function syncFolder(files, folder) {
  const fd = files.openSync(folder, constants.O_RDONLY);
  try {
    files.fsyncSync(fd);
  } catch (error2) {
    if (!["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR"].includes(errnoOf(error2))) throw error2;
  } finally {
    files.closeSync(fd);
  }
}

// src/log/claims.ts
var LONGEST_CLAIM = 1 << 16;
function claimRequest(files, stateDir, requestId, claim) {
  const folder = join2(stateDir, "requests");
  const path = claimPath(stateDir, requestId);
  try {
    const temporary = openTemporary(files, folder, nameOf(requestId));
    try {
      writeWhole(files, temporary.fd, encode(claim));
      files.fsyncSync(temporary.fd);
    } catch (error2) {
      discard(files, temporary);
      throw error2;
    }
    files.closeSync(temporary.fd);
    const isOurs = linkTo(files, temporary.path, path);
    syncFolder(files, folder);
    return isOurs ? claim : readClaim(files, path);
  } catch (error2) {
    if (error2 instanceof SequencerError) throw error2;
    throw stateDirUnusable(stateDir, error2);
  }
}
function releaseClaim(files, stateDir, requestId, instanceId) {
  const path = claimPath(stateDir, requestId);
  let holder;
  try {
    holder = readClaim(files, path).instanceId;
  } catch {
    return;
  }
  if (holder === instanceId) unlinkIfThere(files, path);
}
function readClaim(files, path) {
  const fd = files.openSync(path, READ_FILE);
  try {
    const bytes = Buffer.alloc(LONGEST_CLAIM);
    const claim = decode(bytes.subarray(0, readFully(files, fd, bytes, 0)));
    if (claim !== void 0) return claim;
  } finally {
    files.closeSync(fd);
  }
  throw new SequencerError(
    "StateDirUnusable",
    `The file ${path} should say which instance a request_id started, but its content is damaged.`,
    "Remove that file, or use a new request_id."
  );
}
function encode(claim) {
  return Buffer.from(`${JSON.stringify({ instance_id: claim.instanceId, digest: claim.digest })}
`);
}
function decode(bytes) {
  try {
    const { instance_id: instanceId, digest } = JSON.parse(bytes.toString());
    return isInstanceId(instanceId) && typeof digest === "string" ? { instanceId, digest } : void 0;
  } catch {
    return void 0;
  }
}
function claimPath(stateDir, requestId) {
  return join2(stateDir, "requests", nameOf(requestId));
}
function nameOf(requestId) {
  return createHash("sha256").update(requestId).digest("hex");
}

// src/log/file-log.ts
import { randomInt } from "node:crypto";
import { setImmediate as nextRound } from "node:timers/promises";

// src/log/checksum.ts
import { crc32 as nativeCrc32 } from "node:zlib";
function crc32(bytes, before = 0) {
  return bytes.length === 0 ? before : nativeCrc32(bytes, before);
}
function crcHex(crc) {
  return crc.toString(16).padStart(8, "0");
}
function isOneBitApart(length, crcA, crcB) {
  const difference = (crcA ^ crcB) >>> 0;
  const table = bytewiseTable();
  const syndromes = Array.from({ length: 8 }, (_, bit) => table[1 << bit]);
  for (let fromEnd = 0; fromEnd < length; fromEnd++) {
    for (let bit = 0; bit < 8; bit++) {
      const syndrome = syndromes[bit];
      if (syndrome === difference) return true;
      syndromes[bit] = (syndrome >>> 8 ^ table[syndrome & 255]) >>> 0;
    }
  }
  return false;
}
function bitsApart(a, b) {
  let bits = 0;
  for (let i = 0; i < a.length; i++) {
    for (let rest = a[i] ^ b[i]; rest !== 0; rest &= rest - 1) bits++;
  }
  return bits;
}
var cachedTable;
function bytewiseTable() {
  if (cachedTable === void 0) {
    cachedTable = new Uint32Array(256);
    for (let byte = 0; byte < 256; byte++) {
      let register = byte;
      for (let bit = 0; bit < 8; bit++) register = register >>> 1 ^ (register & 1 ? 3988292384 : 0);
      cachedTable[byte] = register >>> 0;
    }
  }
  return cachedTable;
}

// src/log/record.ts
var MARKER = '{ "seq":';
var MARKER_BYTES = Buffer.from(MARKER);
var TAIL_LENGTH = 18;
var CRC_KEY = Buffer.from(',"crc":"');
var QUOTE = 34;
var CLOSING_BRACE = 125;
var HEX_DIGITS = Int8Array.from(
  { length: 256 },
  (_, code) => "0123456789abcdef".indexOf(String.fromCharCode(code))
);
var TAIL_FRAME = Buffer.from(',"crc":""}');
var NEWLINE_CRC = crc32("\n");
function tailOf(crc) {
  return `,"crc":"${crcHex(crc)}"}`;
}
function hasRecordFrame(bytes, start, end) {
  const tail = end - TAIL_LENGTH;
  if (tail < start + MARKER_BYTES.length) return false;
  for (let i = 0; i < MARKER_BYTES.length; i++) if (bytes[start + i] !== MARKER_BYTES[i]) return false;
  for (let i = 0; i < CRC_KEY.length; i++) if (bytes[tail + i] !== CRC_KEY[i]) return false;
  if (bytes[end - 2] !== QUOTE || bytes[end - 1] !== CLOSING_BRACE) return false;
  let stated = 0;
  for (let i = tail + CRC_KEY.length; i < end - 2; i++) {
    const digit = HEX_DIGITS[bytes[i]];
    if (digit < 0) return false;
    stated = stated << 4 | digit;
  }
  return stated >>> 0 === crc32(bytes.subarray(start, tail));
}
function claimedGap(fields) {
  if (fields.gap !== void 0) return fields.gap;
  return fields.off === 0 ? { bytes: 0, crc: crcHex(0) } : { bytes: 1, crc: crcHex(NEWLINE_CRC) };
}
function encodeRecords(events, place) {
  const isNormalGap = place.off === 0 ? place.gap.bytes === 0 : place.gap.bytes === 1 && place.gap.crc === NEWLINE_CRC;
  let gap = isNormalGap ? "" : `,"gap":{"bytes":${place.gap.bytes},"crc":"${crcHex(place.gap.crc)}"}`;
  let { seq, off } = place;
  let lines = "";
  let lastLineLength = 0;
  for (const event of events) {
    const body = `${MARKER}${seq},"off":${off},"w":"${place.write}",${encodeEvent(event)}${gap}`;
    lines += `${body}${tailOf(crc32(body))}
`;
    lastLineLength = Buffer.byteLength(body) + TAIL_LENGTH + 1;
    off += lastLineLength;
    seq++;
    gap = "";
  }
  return { lines, bytes: Buffer.from(lines), lastLineLength };
}
function encodeEvent(event) {
  let plain = event;
  if ("seq" in event || "off" in event || "w" in event || "gap" in event || "crc" in event) {
    const { seq, off, w, gap, crc, ...rest } = event;
    plain = rest;
  }
  const json2 = JSON.stringify(plain);
  if (typeof plain.type !== "string" || typeof plain.at !== "string" || !json2?.startsWith('{"')) {
    throw new SequencerError("InternalError", "An event to append has no type or no time.");
  }
  return json2.slice(1, -1);
}
function findWholeRecord(bytes) {
  if (!startsWith(bytes, MARKER_BYTES)) return void 0;
  let summed = 0;
  let crc = 0;
  let key = bytes.indexOf(CRC_KEY);
  while (key !== -1 && key + TAIL_LENGTH <= bytes.length) {
    crc = crc32(bytes.subarray(summed, key), crc);
    summed = key;
    const end = key + TAIL_LENGTH;
    if (bytes.toString("latin1", key, end) === tailOf(crc)) {
      const fields = parseFields(bytes.toString("utf8", 0, end));
      if (fields !== void 0) return { fields, length: end };
    }
    key = bytes.indexOf(CRC_KEY, key + 1);
  }
  return void 0;
}
function parseFields(json2) {
  let fields;
  try {
    fields = JSON.parse(json2);
  } catch {
    return void 0;
  }
  const isOurs = isCount(fields.seq) && isCount(fields.off) && typeof fields.w === "string";
  const { gap } = fields;
  const isGap = gap === void 0 || isCount(gap?.bytes) && typeof gap?.crc === "string";
  return isOurs && isGap ? fields : void 0;
}
function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}
var MARKER_PARTS = /^(\{( ("(s(e(q"?)?)?)?)?)?)+$/;
function beginsLikeRecord(bytes) {
  return startsWith(bytes, MARKER_BYTES) || MARKER_PARTS.test(bytes.toString("latin1"));
}
function holdsFlippedRecord(bytes) {
  const ends = possibleEnds(bytes).filter((end) => isNearTail(bytes.subarray(end - TAIL_LENGTH, end)));
  if (ends.length === 0) return false;
  for (let start = 0; start + MARKER_BYTES.length + TAIL_LENGTH <= bytes.length; start++) {
    const difference = bytes[start] ^ MARKER_BYTES[0];
    if ((difference & difference - 1) !== 0) continue;
    if (bitsApart(bytes.subarray(start, start + MARKER_BYTES.length), MARKER_BYTES) > 1) continue;
    if (ends.some((end) => isOneBitFromRecord(bytes.subarray(start, end)))) return true;
  }
  return false;
}
function possibleEnds(bytes) {
  const ends = [bytes.length];
  for (let nul = bytes.indexOf(0); nul !== -1; nul = bytes.indexOf(0, nul + 1)) {
    if (bytes[nul - 1] !== 0) ends.push(nul);
  }
  const rest = bytes.lastIndexOf("}") + 1;
  if (MARKER_PARTS.test(bytes.toString("latin1", rest))) ends.push(rest);
  return ends.filter((end) => end >= TAIL_LENGTH);
}
function isNearTail(bytes) {
  const digits = CRC_KEY.length;
  const frame = Buffer.concat([bytes.subarray(0, digits), bytes.subarray(TAIL_LENGTH - 2)]);
  return bitsApart(frame, TAIL_FRAME) <= 1;
}
function isOneBitFromRecord(bytes) {
  const bodyLength = bytes.length - TAIL_LENGTH;
  if (bodyLength < MARKER_BYTES.length) return false;
  const crc = crc32(bytes.subarray(0, bodyLength));
  const tail = bytes.subarray(bodyLength);
  if (bitsApart(tail, Buffer.from(tailOf(crc))) === 1) return true;
  const stated = /^,"crc":"([0-9a-f]{8})"\}$/.exec(tail.toString("latin1"))?.[1];
  return stated !== void 0 && isOneBitApart(bodyLength, crc, Number.parseInt(stated, 16));
}
function startsWith(bytes, beginning) {
  return bytes.length >= beginning.length && bytes.compare(beginning, 0, beginning.length, 0, beginning.length) === 0;
}

// src/log/scan.ts
import { isAscii } from "node:buffer";

// src/log/lost-race.ts
var BACKWARD_BYTES = 4096;
var GROWTH = 4;
function isViewTrue(file, places, fields) {
  const { bytes, crc } = claimedGap(fields);
  const gapStart = fields.off - bytes;
  if (gapStart <= 0) return false;
  const gap = places.bytesAt(file, gapStart, fields.off);
  return crcHex(crc32(gap)) === crc && endsInAccepted(file, places, gapStart, fields.seq - 1);
}
function endsInAccepted(file, places, end, seq) {
  for (let length = BACKWARD_BYTES; ; length *= GROWTH) {
    const start = Math.max(0, end - length);
    const bytes = places.bytesAt(file, start, end);
    const marker = bytes.lastIndexOf(MARKER_BYTES);
    if (marker !== -1) {
      const record = findWholeRecord(bytes.subarray(marker));
      const endsHere = record?.length === bytes.length - marker;
      return endsHere && record.fields.seq === seq && record.fields.off === start + marker;
    }
    if (start === 0) return false;
  }
}

// src/log/places.ts
var Places = class {
  #holes = [];
  get holesTotal() {
    return this.#holes.at(-1)?.total ?? 0;
  }
  /** The place of a position behind all holes. */
  placeOf(position) {
    return position - this.holesTotal;
  }
  addHole(position, length) {
    const place = this.placeOf(position);
    const last = this.#holes.at(-1);
    if (last?.place === place) last.total += length;
    else this.#holes.push({ place, total: this.holesTotal + length });
  }
  positionOf(place) {
    const hole = this.#holes.findLast((candidate) => candidate.place <= place);
    return place + (hole?.total ?? 0);
  }
  /** The bytes that stand at the places from `start` up to `end`, without the holes. */
  bytesAt(file, start, end) {
    const cuts = this.#holes.map((hole) => hole.place).filter((place) => place > start && place < end);
    const edges = [start, ...cuts, end];
    const parts = edges.slice(1).map((to, i) => file.bytesAt(this.positionOf(edges[i]), this.positionOf(edges[i]) + to - edges[i]));
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }
};

// src/log/scan.ts
var NEWLINE = 10;
var TYPE_LENGTH = 80;
var TAIL_KEY = ',"crc":"';
var Scan = class {
  #path;
  #file;
  #known;
  #places = new Places();
  /** `seq` of the next event. */
  nextSeq = 0;
  /** Of the first byte that is not judged yet. */
  position = 0;
  /** `at` of the last accepted event. */
  lastAt = "";
  /** What makes the log unusable from `position` on. */
  problem;
  /** The reason in the fence, once one is accepted. */
  fence;
  #before = "start";
  /** The bytes since the last accepted record, without holes. */
  #gapBytes = 0;
  #gapCrc = 0;
  /** Junk with NULs was skipped since the last accepted record. */
  #zeroed = false;
  /** The record directly before, if it lost its race. */
  #lost;
  #lineNumber = 1;
  #lineStart = 0;
  #previousLine = { start: 0, length: 0 };
  constructor(path, file, known) {
    this.#path = path;
    this.#file = file;
    this.#known = known;
  }
  /** Judges `bytes`, which stand at `position`; `atEnd` if the file ended with them. Stops at a problem. */
  read(bytes, atEnd) {
    const run = { events: [], lines: "" };
    try {
      this.#readTokens(bytes, atEnd, run);
      if (atEnd && this.nextSeq === 0) this.#corrupt("it holds no whole event; the instance never started");
    } catch (error2) {
      if (!(error2 instanceof SequencerError)) throw error2;
      this.problem = error2;
    }
    return run;
  }
  /** Where a write stands that follows `unread`, the bytes from the position to the end of the file. */
  placeAfter(unread) {
    return {
      off: this.#places.placeOf(this.position + unread.length),
      gap: { bytes: this.#gapBytes + unread.length, crc: crc32(unread, this.#gapCrc) }
    };
  }
  /** Goes past our own records, which won their place after `unread` bytes of a torn write. */
  passOwn(unread, records, events) {
    this.position += unread + records.bytes.length;
    this.nextSeq += events.length;
    this.#lineNumber += events.length;
    const start = events.length === 1 ? this.#lineStart : this.position - records.lastLineLength;
    this.#previousLine = { start, length: this.position - start };
    this.#lineStart = this.position;
    this.#before = "newline";
    this.#acceptedUpTo(NEWLINE_CRC, 1, events.at(-1));
    const fence = events.find((event) => event.type === "storage_failed");
    if (fence !== void 0) this.fence = fence.reason;
  }
  #readTokens(bytes, atEnd, run) {
    const ascii = isAscii(bytes);
    const text2 = bytes.toString(ascii ? "latin1" : "utf8");
    const base = this.position;
    let at = 0;
    let char = 0;
    let plainFrom = 0;
    while (at < bytes.length && this.fence === void 0) {
      const charEnd = text2.indexOf("\n", char);
      const end = ascii ? charEnd : bytes.indexOf(NEWLINE, at);
      if (end !== -1 && this.#acceptPlainLine(bytes, at, end, text2, char, charEnd, run)) {
        at = end + 1;
        char = charEnd + 1;
        continue;
      }
      run.lines += text2.slice(plainFrom, char);
      this.#readLine(bytes.subarray(at, end === -1 ? bytes.length : end + 1), atEnd, run);
      if (end === -1 || this.position < base + end + 1) return;
      at = end + 1;
      char = charEnd + 1;
      plainFrom = char;
    }
    run.lines += text2.slice(plainFrom, char);
  }
  /** The short way: the line is the next record, directly after the one before. False: nothing was done. */
  #acceptPlainLine(bytes, start, end, text2, charStart, charEnd, run) {
    if (this.#before !== "newline" || this.#gapBytes !== 1 || this.#gapCrc !== NEWLINE_CRC) return false;
    if (!hasRecordFrame(bytes, start, end)) return false;
    let event;
    try {
      event = JSON.parse(text2.slice(charStart, charEnd));
    } catch {
      return false;
    }
    if (event.seq !== this.nextSeq || event.off !== this.#places.placeOf(this.position)) return false;
    if (event.gap !== void 0 || typeof event.at !== "string" || !this.#known.isKnownType(event.type))
      return false;
    if (event.type === "started" || event.type === "storage_failed") return false;
    if (this.#known.formProblem?.(event) !== void 0) return false;
    run.events.push(event);
    const length = end + 1 - start;
    this.#previousLine.start = this.position;
    this.#previousLine.length = length;
    this.position += length;
    this.#lineStart = this.position;
    this.#lineNumber++;
    this.nextSeq++;
    this.lastAt = event.at;
    this.#lost = void 0;
    return true;
  }
  /** Reads the tokens of one line, its newline included, as far as they can be judged. */
  #readLine(bytes, atEnd, run) {
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
      if (record !== void 0) {
        this.#judgeRecord(piece.subarray(0, record.length), record, run);
        at += record.length;
        if (this.fence !== void 0) return;
      } else {
        const endedBy = marker !== -1 ? "marker" : terminated ? "newline" : "end";
        this.#judgeJunk(piece, endedBy);
        if (endedBy === "end") return;
        at += piece.length;
      }
    }
    if (terminated) this.#readNewline(bytes.subarray(lineEnd));
  }
  #readNewline(newline) {
    if (this.#before === "record" || this.#before === "junk") this.#skip(newline);
    else this.#addHole(1);
    this.#before = "newline";
    const start = this.#lineStart;
    if (this.position - start > 1) this.#previousLine = { start, length: this.position - start };
    this.#endLine();
  }
  #endLine() {
    this.#before = "newline";
    this.#lineStart = this.position;
    this.#lineNumber++;
  }
  #judgeRecord(bytes, record, run) {
    const { fields } = record;
    const place = this.#places.placeOf(this.position);
    if (fields.off > place) {
      this.#corrupt(
        `it was written to stand at ${fields.off}, ${fields.off - place} bytes later: a line is missing`
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
        `it was written to stand at ${fields.off}, ${place - fields.off} bytes earlier: bytes were inserted`
      );
    }
  }
  #accept(bytes, fields, run) {
    const { type, at } = fields;
    if (typeof type !== "string" || typeof at !== "string") this.#corrupt("the event has no type or no time");
    const event = fields;
    if (!this.#known.isKnownType(event.type))
      this.#newer(`events of type ${JSON.stringify(type.slice(0, TYPE_LENGTH))}`);
    if (event.type === "started" && event.format > this.#known.formatVersion) {
      this.#newer(`format ${event.format}; this version knows ${this.#known.formatVersion}`);
    }
    const problem = this.#known.formProblem?.(event);
    if (problem !== void 0) this.#corrupt(problem);
    run.events.push(event);
    run.lines += `${bytes.toString()}
`;
    this.position += bytes.length;
    this.nextSeq++;
    this.#before = "record";
    this.#acceptedUpTo(0, 0, event);
    if (event.type === "storage_failed") this.fence = String(event.reason);
  }
  #acceptedUpTo(gapCrc, gapBytes, event) {
    this.#gapCrc = gapCrc;
    this.#gapBytes = gapBytes;
    this.#zeroed = false;
    this.#lost = void 0;
    this.lastAt = event.at;
  }
  #skipRecord(bytes, { w, seq, off }, place) {
    this.#skip(bytes);
    this.#lost = { w, seq, late: place - off };
    this.#before = "record";
  }
  #skip(bytes) {
    this.#gapBytes += bytes.length;
    this.#gapCrc = crc32(bytes, this.#gapCrc);
    this.position += bytes.length;
  }
  #addHole(length) {
    this.#places.addHole(this.position, length);
    this.position += length;
  }
  #judgeJunk(bytes, endedBy) {
    const zeroed = bytes.includes(0);
    if (holdsFlippedRecord(bytes)) this.#corrupt("a bit of the record is flipped");
    if (!zeroed && endedBy === "newline") this.#corrupt("it is not a whole record with a right checksum");
    if (!zeroed && !beginsLikeRecord(bytes)) this.#corrupt("there are bytes that no record begins with");
    if (endedBy === "end") return;
    this.#skip(bytes);
    this.#zeroed ||= zeroed;
    this.#lost = void 0;
    this.#before = "junk";
  }
  #isGap(claim) {
    return claim.bytes === this.#gapBytes && claim.crc === crcHex(this.#gapCrc);
  }
  #isGapFlipped(fields) {
    const claim = claimedGap(fields);
    if (fields.seq !== this.nextSeq || claim.bytes !== this.#gapBytes) return false;
    return isOneBitApart(claim.bytes, this.#gapCrc, Number.parseInt(claim.crc, 16));
  }
  #isCopy(bytes, place) {
    const position = this.#places.positionOf(place);
    return this.#file.bytesAt(position, position + bytes.length).equals(bytes);
  }
  #doublesPreviousLine(line) {
    const { start, length } = this.#previousLine;
    const endsInRecord = line.length > TAIL_LENGTH && line.indexOf(TAIL_KEY, -TAIL_LENGTH - 1) !== -1;
    return endsInRecord && line.length === length && this.#file.bytesAt(start, start + length).equals(line);
  }
  #isBelievableLoser({ fields }, place) {
    const { w, seq, off } = fields;
    const before = this.#lost;
    if (before !== void 0 && w === before.w && seq === before.seq + 1 && place - off === before.late) {
      return true;
    }
    return isViewTrue(this.#file, this.#places, fields);
  }
  #corrupt(reason) {
    throw new SequencerError(
      "CorruptedLog",
      `The log ${this.#path} is damaged in line ${this.#lineNumber}, at byte ${this.position}: ${reason}.`,
      this.nextSeq === 0 ? "Remove the file and start the instance again." : void 0
    );
  }
  #newer(what) {
    throw new SequencerError(
      "LogFromNewerVersion",
      `The log ${this.#path} holds ${what} (line ${this.#lineNumber}): a newer version wrote it.`
    );
  }
};

// src/log/file-log.ts
var CHUNK_BYTES = 1 << 20;
var GROWTH2 = 4;
var FENCE_ATTEMPTS = 3;
var sharedChunk;
var FileLog = class _FileLog {
  instanceId;
  #path;
  #fd;
  #options;
  #files;
  #syncName;
  #scan;
  #writer = randomInt(36 ** 6).toString(36).padStart(6, "0");
  #writes = 0;
  /** Where the file ended when it was last read or written. */
  #seen = 0;
  /** All that was seen is judged, but for a torn tail. */
  #caughtUp;
  #dead;
  #closed = false;
  /** Counts reads and writes that found or made what must be durable; `#synced` is the count that is. */
  #changes = 0;
  #synced = 0;
  #syncing;
  /** @param isNew the file is empty and this handle writes its first events */
  constructor(instanceId, path, fd, options, isNew = false) {
    this.instanceId = instanceId;
    this.#path = path;
    this.#fd = fd;
    this.#options = options;
    this.#files = options.files;
    this.#syncName = options.syncName;
    this.#caughtUp = isNew;
    this.#scan = new Scan(path, { bytesAt: (start, end) => this.#bytesAt(start, end) }, options.known);
  }
  get nextSeq() {
    return this.#scan.nextSeq;
  }
  hasGrown() {
    this.#assertAlive();
    const { size, nlink } = this.#files.fstatSync(this.#fd);
    return size !== this.#seen || nlink === 0;
  }
  async *readOn() {
    for (; ; ) {
      this.#assertUsable();
      const firstSeq = this.#scan.nextSeq;
      const run = this.#readChunk();
      if (run.events.length > 0) yield { firstSeq, events: run.events, lines: run.lines };
      if (this.#scan.problem !== void 0) throw this.#scan.problem;
      if (this.#caughtUp || this.#scan.fence !== void 0) return;
      await nextRound();
    }
  }
  append(events, { derived = false } = {}) {
    this.#assertUsable();
    if (events.length === 0) throw new SequencerError("InternalError", "There is nothing to append.");
    if (!this.#caughtUp) return void 0;
    const { position, nextSeq: firstSeq } = this.#scan;
    const place = this.#scan.placeAfter(this.#bytesAt(position, this.#seen));
    const records = encodeRecords(events, {
      seq: firstSeq,
      write: `${this.#writer}.${this.#writes++}`,
      ...place
    });
    if (!derived) this.#changes++;
    if (!this.#write(records)) return void 0;
    this.#scan.passOwn(this.#seen - position, records, events);
    this.#seen += records.bytes.length;
    return { firstSeq, events: parseLines(records.lines), lines: records.lines };
  }
  async sync() {
    this.#assertAlive();
    if (this.#scan.fence !== void 0) throw this.#storageFailed(this.#scan.fence);
    const wanted = this.#changes;
    while (this.#synced < wanted) {
      this.#assertAlive();
      this.#syncing ??= this.#syncNow().finally(() => {
        this.#syncing = void 0;
      });
      await this.#syncing;
    }
  }
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#dead = new SequencerError("InternalError", `The log ${this.#path} is used after it was closed.`);
    const close = () => this.#files.closeSync(this.#fd);
    if (this.#syncing === void 0) close();
    else this.#syncing.then(close, close);
  }
  /** True if the records stand at the place that they were written for. */
  #write(records) {
    const { bytes } = records;
    try {
      const written = this.#files.writeSync(this.#fd, bytes);
      if (written !== bytes.length) throw shortWrite();
      const { size, nlink } = this.#files.fstatSync(this.#fd);
      if (nlink === 0) this.#die(this.#removed());
      if (size === this.#seen + bytes.length) return true;
      return this.#bytesAt(this.#seen, this.#seen + bytes.length).equals(bytes);
    } catch (error2) {
      if (error2 instanceof SequencerError) throw error2;
      const fix = isOutOfSpace(error2) ? "Free space on the disk of the state folder, then send the same call again." : void 0;
      const message = `Writing to the log ${this.#path} failed: ${factOf(error2)}.`;
      this.#die(new SequencerError("OutcomeUnknown", message, fix, { cause: error2 }));
    }
  }
  #readChunk() {
    try {
      const { size, nlink } = this.#files.fstatSync(this.#fd);
      if (nlink === 0) this.#die(this.#removed());
      if (size < this.#seen) this.#die(this.#shrunk(size));
      if (this.#caughtUp && size === this.#seen) return { events: [], lines: "" };
      sharedChunk ??= Buffer.allocUnsafeSlow(CHUNK_BYTES);
      for (let chunk = sharedChunk; ; chunk = Buffer.allocUnsafeSlow(chunk.length * GROWTH2)) {
        const { position } = this.#scan;
        const length = readFully(this.#files, this.#fd, chunk, position);
        this.#caughtUp = length < chunk.length;
        if (position + length > this.#seen) this.#changes++;
        this.#seen = position + length;
        const run = this.#scan.read(chunk.subarray(0, length), this.#caughtUp);
        if (this.#caughtUp || this.#scan.position > position || this.#scan.problem !== void 0) return run;
      }
    } catch (error2) {
      if (error2 instanceof SequencerError) throw error2;
      this.#die(this.#storageFailed(`it could not be read: ${factOf(error2)}`, error2));
    }
  }
  async #syncNow() {
    const covered = this.#changes;
    const error2 = await this.#options.syncer.sync(this.#fd);
    if (error2 === null) {
      this.#syncName?.();
      this.#synced = covered;
      return;
    }
    const reason = `a sync failed: ${factOf(error2)}`;
    const failed = this.#storageFailed(reason, error2);
    this.#dead ??= failed;
    await this.#fenceOff(reason);
    throw failed;
  }
  /** Tells every process, as far as that still works, that what stands here may not be on the disk. */
  async #fenceOff(reason) {
    const { now } = this.#options;
    const fence = new _FileLog(this.instanceId, this.#path, this.#fd, this.#options);
    try {
      for (let attempt = 0; attempt < FENCE_ATTEMPTS; attempt++) {
        for await (const _ of fence.readOn()) ;
        let at = new Date(now()).toISOString();
        if (at < fence.#scan.lastAt) at = fence.#scan.lastAt;
        if (fence.append([{ type: "storage_failed", at, reason }]) !== void 0) break;
      }
      await this.#options.syncer.sync(this.#fd);
    } catch (error2) {
      if (!(error2 instanceof SequencerError)) throw error2;
    }
  }
  #bytesAt(start, end) {
    const bytes = Buffer.allocUnsafe(end - start);
    return bytes.subarray(0, readFully(this.#files, this.#fd, bytes, start));
  }
  #assertAlive() {
    if (this.#dead !== void 0) throw this.#dead;
  }
  #assertUsable() {
    this.#assertAlive();
    if (this.#scan.problem !== void 0) throw this.#scan.problem;
    if (this.#scan.fence !== void 0) throw this.#storageFailed(this.#scan.fence);
  }
  #die(error2) {
    this.#dead = error2;
    throw error2;
  }
  #storageFailed(reason, cause) {
    return new SequencerError("StorageFailed", `The log ${this.#path} is fenced: ${reason}.`, void 0, {
      cause
    });
  }
  #removed() {
    return new SequencerError("UnknownInstance", `The log of instance ${this.instanceId} was removed.`);
  }
  #shrunk(size) {
    return new SequencerError(
      "CorruptedLog",
      `The log ${this.#path} has shrunk from ${this.#seen} to ${size} bytes while it was open.`
    );
  }
};
function parseLines(lines) {
  return lines.slice(0, -1).split("\n").map((line) => JSON.parse(line));
}

// src/log/syncer.ts
var QUICK_MS = 1;
var Syncer = class {
  #files;
  #lastMs = Number.POSITIVE_INFINITY;
  constructor(files) {
    this.#files = files;
  }
  /** Of the data and the length of the file. @returns what it failed with, or `null` */
  async sync(fd) {
    const begun = performance.now();
    const error2 = await (this.#lastMs < QUICK_MS ? this.#inLine(fd) : this.#beside(fd));
    this.#lastMs = performance.now() - begun;
    return error2;
  }
  #inLine(fd) {
    try {
      this.#files.fdatasyncSync(fd);
      return null;
    } catch (error2) {
      return error2;
    }
  }
  #beside(fd) {
    return new Promise((resolve) => this.#files.fdatasync(fd, resolve));
  }
};

// src/log/log-store.ts
var SUFFIX = ".jsonl";
var LONGEST_STARTED = 1 << 22;
function createLogStore(options) {
  return new FileLogStore(options);
}
var FileLogStore = class {
  #stateDir;
  #files;
  #logOptions;
  #prepared = false;
  /** Instances whose log's name this store knows to be durable. */
  #named = /* @__PURE__ */ new Set();
  constructor(options) {
    const { stateDir, isKnownType, formatVersion, formProblem: formProblem2, now = Date.now, files = NODE_FILES } = options;
    this.#stateDir = stateDir;
    this.#files = files;
    const known = { isKnownType, formatVersion, formProblem: formProblem2 };
    this.#logOptions = { files, now, known, syncer: new Syncer(files) };
  }
  prepare() {
    try {
      if (!this.#prepared || !isThere(this.#files, this.#stateDir)) makeFolder(this.#files, this.#stateDir);
      this.#prepared = true;
      this.#files.accessSync(this.#stateDir, constants2.R_OK | constants2.W_OK | constants2.X_OK);
    } catch (error2) {
      throw stateDirUnusable(this.#stateDir, error2);
    }
  }
  async create(instanceId, events) {
    const path = this.#pathOf(instanceId);
    let temporary;
    let log;
    try {
      temporary = openTemporary(this.#files, this.#stateDir, instanceId);
      log = new FileLog(instanceId, path, temporary.fd, this.#logOptions, true);
      log.append(events);
      await log.sync();
      if (!linkTo(this.#files, temporary.path, path)) {
        log.close();
        return void 0;
      }
    } catch (error2) {
      log?.close();
      if (temporary !== void 0) forget(this.#files, temporary.path);
      throw this.#asNotCreated(error2);
    }
    try {
      this.#syncName(instanceId);
    } catch (error2) {
      log.close();
      throw error2;
    }
    return log;
  }
  open(instanceId) {
    const path = this.#pathOf(instanceId);
    let fd;
    try {
      fd = this.#files.openSync(path, OPEN_LOG);
    } catch (error2) {
      throw this.#asNotOpened(instanceId, path, error2);
    }
    if (!this.#files.fstatSync(fd).isFile()) {
      this.#files.closeSync(fd);
      throw notALog(path, "it is not a regular file");
    }
    return new FileLog(instanceId, path, fd, {
      ...this.#logOptions,
      syncName: () => this.#syncName(instanceId)
    });
  }
  async lineOf(instanceId, seq) {
    const log = this.open(instanceId);
    try {
      for await (const { firstSeq, events, lines } of log.readOn()) {
        const at = seq - firstSeq;
        if (at >= events.length) continue;
        return this.#lineOfRecord(this.#pathOf(instanceId), lines.split("\n")[at]);
      }
      return void 0;
    } finally {
      log.close();
    }
  }
  list() {
    let names;
    try {
      names = this.#files.readdirSync(this.#stateDir);
    } catch (error2) {
      if (errnoOf(error2) === "ENOENT") return [];
      throw stateDirUnusable(this.#stateDir, error2);
    }
    const ids = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length)).filter(isInstanceId).sort().reverse();
    const infos = [];
    for (const instanceId of ids) {
      const facts = this.#factsOf(`${this.#stateDir}/${instanceId}${SUFFIX}`);
      if (facts?.isFile()) infos.push({ instanceId, bytes: facts.size, modifiedMs: facts.mtimeMs });
    }
    return infos;
  }
  remove(instanceId) {
    const path = this.#pathOf(instanceId);
    try {
      const facts = this.#factsOf(path);
      if (facts === void 0) throw unknownInstance(instanceId);
      if (!facts.isFile()) throw notALog(path, "it is not a regular file");
      const requestId = this.#requestIdOf(path);
      if (requestId !== void 0) releaseClaim(this.#files, this.#stateDir, requestId, instanceId);
      for (const name of this.#files.readdirSync(this.#stateDir)) {
        const isBeside = name.startsWith(`${instanceId}.`) && name !== `${instanceId}${SUFFIX}`;
        const isTemporary = name.startsWith(`.${instanceId}.`) && name.endsWith(".tmp");
        const beside = join3(this.#stateDir, name);
        if ((isBeside || isTemporary) && this.#factsOf(beside)?.isFile()) unlinkIfThere(this.#files, beside);
      }
      unlinkIfThere(this.#files, path);
      this.#named.delete(instanceId);
    } catch (error2) {
      if (error2 instanceof SequencerError) throw error2;
      throw stateDirUnusable(this.#stateDir, error2);
    }
  }
  claimRequest(requestId, claim) {
    return claimRequest(this.#files, this.#stateDir, requestId, claim);
  }
  /** Whoever published the log may have died before its name was durable. */
  #syncName(instanceId) {
    if (this.#named.has(instanceId)) return;
    try {
      syncFolder(this.#files, this.#stateDir);
    } catch (error2) {
      const message = `Instance ${instanceId} was started, but may not survive a power loss: ${factOf(error2)}.`;
      throw new SequencerError("OutcomeUnknown", message, void 0, { cause: error2 });
    }
    this.#named.add(instanceId);
  }
  #pathOf(instanceId) {
    assertInstanceId(instanceId);
    return join3(this.#stateDir, `${instanceId}${SUFFIX}`);
  }
  #factsOf(path) {
    try {
      return this.#files.lstatSync(path);
    } catch (error2) {
      if (errnoOf(error2) === "ENOENT") return void 0;
      throw stateDirUnusable(this.#stateDir, error2);
    }
  }
  /** A record names its place and its writer: its bytes stand nowhere else, but for copies further on. */
  #lineOfRecord(path, record) {
    const fd = this.#files.openSync(path, READ_FILE);
    try {
      const bytes = Buffer.allocUnsafe(this.#files.fstatSync(fd).size);
      const content = bytes.subarray(0, readFully(this.#files, fd, bytes, 0));
      const end = content.indexOf(record);
      if (end === -1) return void 0;
      let line = 1;
      for (let at = content.indexOf("\n"); at !== -1 && at < end; at = content.indexOf("\n", at + 1)) line++;
      return line;
    } finally {
      this.#files.closeSync(fd);
    }
  }
  /** The request id in the first record, if it is whole and has one. */
  #requestIdOf(path) {
    const fd = this.#files.openSync(path, READ_FILE);
    try {
      const size = Math.min(this.#files.fstatSync(fd).size, LONGEST_STARTED);
      const bytes = Buffer.allocUnsafe(size);
      const beginning = bytes.subarray(0, readFully(this.#files, fd, bytes, 0));
      const newline = beginning.indexOf("\n");
      const started = findWholeRecord(newline === -1 ? beginning : beginning.subarray(0, newline));
      const requestId = started?.fields?.request_id;
      return typeof requestId === "string" ? requestId : void 0;
    } finally {
      this.#files.closeSync(fd);
    }
  }
  /** Nothing was published, so a failed write or sync says something of the folder only. */
  #asNotCreated(error2) {
    if (!(error2 instanceof SequencerError)) {
      return errnoOf(error2) === "" ? error2 : stateDirUnusable(this.#stateDir, error2);
    }
    const isOfDisk = error2.code === "OutcomeUnknown" || error2.code === "StorageFailed";
    return isOfDisk ? stateDirUnusable(this.#stateDir, error2.cause ?? error2) : error2;
  }
  #asNotOpened(instanceId, path, error2) {
    switch (errnoOf(error2)) {
      case "ENOENT":
        return unknownInstance(instanceId);
      case "ELOOP":
      case "EMLINK":
        return notALog(path, "it is a symbolic link");
      case "EISDIR":
        return notALog(path, "it is a folder");
      case "ENXIO":
        return notALog(path, "it is not a regular file");
      case "ENOTDIR":
        return stateDirUnusable(this.#stateDir, error2);
      default: {
        const message = `The log ${path} cannot be opened: ${factOf(error2)}.`;
        const fix = "Make the file readable and writable for this user, then call again.";
        return new SequencerError("StateDirUnusable", message, fix, { cause: error2 });
      }
    }
  }
};
function unknownInstance(instanceId) {
  return new SequencerError("UnknownInstance", `There is no instance ${instanceId}.`);
}
function notALog(path, fact) {
  return new SequencerError(
    "CorruptedLog",
    `${path} is not a log: ${fact}.`,
    "Move it out of the state folder."
  );
}

export {
  formProblem,
  KNOWN_FORMAT,
  NODE_FILES,
  FileLog,
  Syncer,
  createLogStore
};
