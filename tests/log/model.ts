/**
 * Writers over a log in memory, and the simplest account of what must come of it.
 *
 * The account: a write wins if the file still ends where its writer saw it end; then every record of it that
 * reached the file whole counts, with its newline or without. Nothing else ever counts.
 */

import { expect } from "vitest";
import type { EventLog, LogStore } from "../../src/log/event-log.ts";
import { MemoryFiles } from "./memory-files.ts";
import { ID, nameOf, PATH, readAll, readBytes, signal, started, storeOver } from "./memory-log.ts";

export interface Writer {
  log: EventLog;
  /** Where it saw the file end. */
  seen: number;
  /** What it has read or written. */
  names: string[];
}

export class LogModel {
  readonly files = new MemoryFiles();
  readonly store: LogStore = storeOver(this.files);
  accepted = ["started"];
  /** How many of the accepted ones somebody was told are durable. */
  durable = 1;
  #count = 0;

  static async create(): Promise<LogModel> {
    const model = new LogModel();
    (await model.store.create(ID, [started]))!.close();
    return model;
  }

  get size(): number {
    return this.files.contentOf(PATH).length;
  }

  async open(): Promise<Writer> {
    const writer = { log: this.store.open(ID), seen: 0, names: [] };
    await this.readOn(writer);
    return writer;
  }

  async readOn(writer: Writer): Promise<void> {
    const { error, names } = await readAll(writer.log);
    expect(error).toBeUndefined();
    writer.names.push(...names);
    writer.seen = this.size;
    expect(writer.names).toEqual(this.accepted);
    expect(writer.log.nextSeq).toBe(this.accepted.length);
  }

  /** Appends `count` events; with `cut`, only so many bytes of them arrive and the writer is dead. */
  append(writer: Writer, count: number, cut?: number): void {
    const names = Array.from({ length: count }, () => `e${this.#count++}`);
    const wins = writer.seen === this.size;
    const before = this.size;
    if (cut !== undefined) this.files.cutNextWrite(cut);
    const batch = attempt(() => writer.log.append(names.map((name) => signal(name, "{ @"))));
    const written = this.files.contentOf(PATH).toString("utf8", before);
    const whole = written.split("\n").filter(isJson).length;
    if (wins) this.accepted.push(...names.slice(0, whole));
    if (batch === "died") return;
    expect(batch !== undefined).toBe(wins);
    if (wins) {
      writer.seen = this.size;
      writer.names.push(...names);
    }
  }

  /** Appends, while `reader` reads on when only `bytes` bytes have arrived. */
  async appendWhileRead(writer: Writer, count: number, reader: Writer, bytes: number): Promise<void> {
    const reading = reader.log.readOn();
    let first: ReturnType<typeof reading.next> | undefined;
    this.files.pauseNextWrite(bytes, () => {
      reader.seen = this.size;
      // All that this reads is read before the call returns: up to its first `yield` it awaits nothing.
      first = reading.next();
    });
    this.append(writer, count);
    const { value } = await first!;
    if (value !== undefined) reader.names.push(...value.events.map(nameOf));
    for await (const _ of reading) expect.fail("the reader read on by itself");
    expect(reader.names).toEqual(this.accepted.slice(0, reader.names.length));
  }

  async sync(writer: Writer): Promise<void> {
    await writer.log.sync();
    this.durable = Math.max(this.durable, writer.log.nextSeq);
  }

  /** A fresh reader must find exactly what counts. */
  async check(): Promise<void> {
    const { error, names } = await readBytes(this.files.contentOf(PATH));
    expect(error).toBeUndefined();
    expect(names).toEqual(this.accepted);
  }

  /** After a power loss: what was durable is still there, and nothing that did not count before. */
  async checkAfterPowerLoss(): Promise<void> {
    const { error, names } = await readBytes(this.files.contentOf(PATH));
    expect(error).toBeUndefined();
    expect(names).toEqual(this.accepted.slice(0, names.length));
    expect(names.length).toBeGreaterThanOrEqual(this.durable);
    this.accepted = names;
  }
}

function attempt<T>(append: () => T): T | "died" {
  try {
    return append();
  } catch (error) {
    expect(error).toMatchObject({ code: "OutcomeUnknown" });
    return "died";
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
