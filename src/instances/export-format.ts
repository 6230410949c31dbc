/**
 * The file that carries a run to another machine: one JSON object a line.
 *
 *     {"agent_sequencer_export":1,"instance_id":…,"program":…,"version":…,"entry":…,"packages":[…]}
 *     {"file":"review.ts","sha256":…,"text":…}        one for each file of the program's version
 *     {"event":{…}}                                   one for each event of the log
 *     {"end":{"files":2,"events":17,"sha256":…}}      of all the lines before
 *
 * E1. A file is taken whole or not at all: what is missing, doubled, changed or too much is `InvalidExport`.
 * E2. A name never leads out of the folder that it is written to.
 * E3. The sources are checked against the name of the version, which the events name.
 */

import { createHash } from "node:crypto";
import { MAX_BYTES, MAX_FILES } from "../catalog/bundle-folder.ts";
import { type Content, type ContentFile, digest, type PackageList } from "../catalog/content.ts";
import { type Event, FORMAT_VERSION, isKnownEventType } from "../engine/event.ts";
import { SequencerError } from "../errors.ts";

const EXPORT_FORMAT = 1;
/** Characters of all lines together. */
export const MAX_EXPORT_LENGTH = 256 * 1024 * 1024;
const LONGEST_NAME = 1_024;
const LONGEST_PART = 255;

export interface ExportHeader {
  readonly instance_id: string;
  readonly program: string;
  readonly version: string;
  /** Id of the program's module among the files. */
  readonly entry: string;
  readonly packages: PackageList;
}

export interface Exported {
  readonly header: ExportHeader;
  readonly content: Content;
  readonly events: readonly Event[];
}

/** Writes the lines, in the order of the format. */
export class ExportWriter {
  private readonly hash = createHash("sha256");
  private files = 0;
  private events = 0;

  header(header: ExportHeader): string {
    return this.line({ agent_sequencer_export: EXPORT_FORMAT, ...header });
  }

  file(id: string, { bytes, executable }: ContentFile): string {
    this.files++;
    const text = bytes.toString("utf8");
    const content = Buffer.from(text).equals(bytes) ? { text } : { base64: bytes.toString("base64") };
    return this.line({ file: id, sha256: digest(bytes), ...(executable && { executable }), ...content });
  }

  event(event: Event): string {
    this.events++;
    return this.line({ event });
  }

  end(): string {
    const { files, events } = this;
    return `${JSON.stringify({ end: { files, events, sha256: this.hash.digest("hex") } })}\n`;
  }

  private line(content: object): string {
    const line = `${JSON.stringify(content)}\n`;
    this.hash.update(line);
    return line;
  }
}

/** @throws SequencerError `InvalidExport`, `LogFromNewerVersion` */
export async function readExport(lines: AsyncIterable<string> | Iterable<string>): Promise<Exported> {
  const reader = new ExportReader();
  for await (const line of lines) reader.line(line);
  return reader.finish();
}

class ExportReader {
  private readonly hash = createHash("sha256");
  private readonly files = new Map<string, ContentFile>();
  private readonly events: Event[] = [];
  private header: ExportHeader | undefined;
  private number = 0;
  private length = 0;
  private bytes = 0;
  private isOver = false;

  line(line: string): void {
    this.number++;
    this.length += line.length + 1;
    if (this.length > MAX_EXPORT_LENGTH) {
      throw this.invalid(`the file has more than ${MAX_EXPORT_LENGTH / 1024 / 1024} MB`);
    }
    if (line === "" && this.isOver) return;
    if (this.isOver) throw this.invalid("something follows the end");
    const content = this.parse(line);
    if (content["end"] !== undefined) {
      this.end(content["end"]);
      return;
    }
    this.hash.update(`${line}\n`);
    if (this.header === undefined) this.header = this.asHeader(content);
    else if (content["event"] !== undefined) this.events.push(this.asEvent(content["event"]));
    else this.file(content);
  }

  finish(): Exported {
    if (this.header === undefined) throw this.invalid("the file is empty");
    if (!this.isOver) throw this.invalid("the file ends in the middle");
    const { header, files, events } = this;
    const { entry, packages } = header;
    if (!files.has(entry)) throw this.invalid(`the program's module ${JSON.stringify(entry)} is missing`);
    return { header, content: { entry, files, packages }, events };
  }

  private parse(line: string): { readonly [key: string]: unknown } {
    let content: unknown;
    try {
      content = JSON.parse(line);
    } catch {
      throw this.invalid("it is not JSON");
    }
    if (typeof content !== "object" || content === null) throw this.invalid("it is not a JSON object");
    return content as { readonly [key: string]: unknown };
  }

  private asHeader(content: { readonly [key: string]: unknown }): ExportHeader {
    const { agent_sequencer_export: format, instance_id, program, version, entry, packages } = content;
    if (typeof format !== "number") throw this.invalid("it is not an export of agent-sequencer");
    if (format > EXPORT_FORMAT) {
      throw new SequencerError(
        "LogFromNewerVersion",
        `The file was exported in format ${format}; up to ${EXPORT_FORMAT} can be read.`,
      );
    }
    const texts = [instance_id, program, version, entry];
    if (!texts.every((text) => typeof text === "string") || !isPackageList(packages)) {
      throw this.invalid("the header is not complete");
    }
    return { instance_id, program, version, entry, packages } as ExportHeader;
  }

  private file({ file: id, sha256, text, base64, executable }: { readonly [key: string]: unknown }): void {
    if (typeof id !== "string" || typeof sha256 !== "string")
      throw this.invalid("it is neither file nor event");
    if (!isPlainName(id)) throw this.invalid(`${show(id)} is no name of a file within a program`);
    const [first] = this.events;
    if (first !== undefined) throw this.invalid("a file stands behind the events");
    for (const other of this.files.keys()) {
      if (other === id || other.startsWith(`${id}/`) || id.startsWith(`${other}/`)) {
        throw this.invalid(`${show(id)} and ${show(other)} cannot both be files`);
      }
    }
    const bytes = typeof text === "string" ? Buffer.from(text) : Buffer.from(String(base64), "base64");
    if (digest(bytes) !== sha256) throw this.invalid(`${show(id)} is not what its checksum says`);
    this.bytes += bytes.length;
    if (this.bytes > MAX_BYTES || this.files.size >= MAX_FILES)
      throw this.invalid("the program is too large");
    this.files.set(id, { bytes, executable: executable === true });
  }

  private asEvent(event: unknown): Event {
    const { type, at, format } = (event ?? {}) as { type?: unknown; at?: unknown; format?: unknown };
    if (typeof type !== "string" || typeof at !== "string")
      throw this.invalid("the event has no type or no time");
    if (!isKnownEventType(type) || (type === "started" && Number(format) > FORMAT_VERSION)) {
      throw new SequencerError(
        "LogFromNewerVersion",
        `Line ${this.number} holds an event of a newer version.`,
      );
    }
    return event as Event;
  }

  private end(end: unknown): void {
    const { files, events, sha256 } = (end ?? {}) as { files?: unknown; events?: unknown; sha256?: unknown };
    if (files !== this.files.size || events !== this.events.length || sha256 !== this.hash.digest("hex")) {
      throw this.invalid("the lines before are not those that were exported");
    }
    this.isOver = true;
  }

  private invalid(fact: string): SequencerError {
    return new SequencerError("InvalidExport", `Line ${this.number} of the export cannot be taken: ${fact}.`);
  }
}

function isPackageList(packages: unknown): packages is PackageList {
  const isPair = (pair: unknown) =>
    Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string");
  return Array.isArray(packages) && packages.every(isPair);
}

/** Relative, with `/`, and leading nowhere but down. */
function isPlainName(id: string): boolean {
  if (id.length > LONGEST_NAME || /[\0\\]/.test(id)) return false;
  const parts = id.split("/");
  return parts.every((part) => part !== "" && part !== "." && part !== ".." && part.length <= LONGEST_PART);
}

function show(id: string): string {
  return JSON.stringify(id.slice(0, 100));
}
