/**
 * What a command writes: the beginning for the result, all of it in a file when it is more.
 *
 * O1. The file is made only when it is needed; without one, the text is the whole output.
 * O2. A link that stands in its place is removed, never written through.
 * O3. Whatever happens to the file, the command goes on: what is not kept is read and let go.
 */

import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import type { OutputPlan } from "./protocol.ts";

export class Output {
  private readonly plan: OutputPlan;
  private readonly shown: Buffer[] = [];
  private shownBytes = 0;
  private total = 0;
  private fd: number | undefined;
  private keptBytes = 0;
  private closed = false;
  private failure: string | undefined;

  constructor(plan: OutputPlan) {
    this.plan = plan;
    rmSync(plan.file, { force: true });
  }

  add(chunk: Buffer): void {
    this.total += chunk.length;
    const room = this.plan.shown - this.shownBytes;
    if (room > 0) {
      this.shown.push(chunk.subarray(0, room));
      this.shownBytes += Math.min(room, chunk.length);
    }
    if (this.total <= this.plan.shown) return;
    if (this.fd === undefined && !this.closed) this.openFile();
    if (chunk.length > room) this.keep(room > 0 ? chunk.subarray(room) : chunk);
  }

  /** The text, and the file that holds all of it where the text does not. */
  finish(): { text: string; file?: string } {
    if (this.fd !== undefined) this.closeFile();
    const bytes = Buffer.concat(this.shown);
    const cut = this.total > this.plan.shown;
    const text = (cut ? wholeCharacters(bytes) : bytes).toString("utf8");
    if (this.failure !== undefined) {
      return { text: `${text}\n[cut here: the whole output could not be kept: ${this.failure}]\n` };
    }
    return cut ? { text, file: this.plan.file } : { text };
  }

  private openFile(): void {
    try {
      this.fd = openSync(this.plan.file, "wx", 0o600);
      for (const chunk of this.shown) this.write(chunk);
    } catch (error) {
      this.giveUp(error);
    }
  }

  private keep(chunk: Buffer): void {
    if (this.fd === undefined) return;
    try {
      const room = this.plan.kept - this.keptBytes;
      this.write(chunk.subarray(0, room));
      if (chunk.length <= room) return;
      this.write(Buffer.from(`\n[cut here: only the first ${this.plan.kept} bytes are kept]\n`));
      this.closeFile();
    } catch (error) {
      this.giveUp(error);
    }
  }

  private write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.fd!, bytes, done);
    this.keptBytes += bytes.length;
  }

  private giveUp(error: unknown): void {
    this.failure = (error as NodeJS.ErrnoException).code ?? String(error);
    this.closeFile();
  }

  private closeFile(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
    this.closed = true;
  }
}

/** Without the beginning of a UTF-8 character whose end was cut off. */
export function wholeCharacters(bytes: Buffer): Buffer {
  let start = bytes.length - 1;
  while (start >= 0 && start > bytes.length - 4 && (bytes[start]! & 0xc0) === 0x80) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start >= 0 && start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}
