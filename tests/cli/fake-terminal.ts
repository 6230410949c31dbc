/** A terminal in memory: what a command wrote, and a keyboard to answer it. */

import { PassThrough, Writable } from "node:stream";
import { vi } from "vitest";
import type { Workshop } from "../../src/authoring/workshop.ts";
import type { RecordedEvent } from "../../src/cli/history.ts";
import type { Rooms } from "../../src/cli/rooms.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import type { Sequencer } from "../../src/instances/answer.ts";

export interface FakeTerminal extends Terminal {
  readonly input: PassThrough & { isTTY?: boolean };
  /** What the command answered. */
  readonly answered: string;
  /** What it told on the way. */
  readonly told: string;
  interrupt(): void;
}

export interface TerminalOptions {
  /** Lines on stdin, which then ends. */
  readonly lines?: readonly string[];
  /** Somebody sits at the terminal. */
  readonly isTTY?: boolean;
  readonly env?: Record<string, string>;
}

class Sink extends Writable {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 100;

  constructor(isTTY: boolean) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

export function createTerminal({ lines, isTTY = false, env = {} }: TerminalOptions = {}): FakeTerminal {
  const input: PassThrough & { isTTY?: boolean } = new PassThrough();
  if (lines !== undefined) input.end(lines.map((line) => `${line}\n`).join(""));
  if (isTTY) input.isTTY = true;
  const output = new Sink(isTTY);
  const errors = new Sink(isTTY);
  const listeners = new Set<() => void>();
  return {
    input,
    output,
    errors,
    env,
    invokedAs: "agent-sequencer",
    onInterrupt(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    interrupt() {
      for (const listener of listeners) listener();
    },
    get answered() {
      return output.text;
    },
    get told() {
      return errors.text;
    },
  };
}

const seen = new WeakMap<FakeTerminal, number>();

/** Types an answer as soon as the prompt shows, after the last one that was answered. */
export async function type(terminal: FakeTerminal, prompt: string, text: string): Promise<void> {
  const from = seen.get(terminal) ?? 0;
  await vi.waitUntil(() => terminal.told.includes(prompt, from), { timeout: 10_000, interval: 2 });
  seen.set(terminal, terminal.told.indexOf(prompt, from) + prompt.length);
  terminal.input.write(text);
}

/** Rooms of which only the sequencer is used, or the logs. */
export function roomsWith(parts: {
  sequencer?: Sequencer;
  /** When logs were written. */
  written?: Record<string, number>;
  events?: Record<string, readonly RecordedEvent[]>;
  versions?: { version: string; storedAtMs: number }[];
  removed?: string[];
  workshop?: Workshop;
  onFile?: (file: string | undefined) => void;
}): Rooms {
  return {
    places() {
      throw new Error("this command needs no places");
    },
    async openSequencerIn() {
      throw new Error("this command needs no other state folder");
    },
    async openSequencer(file) {
      parts.onFile?.(file);
      if (parts.sequencer === undefined) throw new Error("this command needs no sequencer");
      return parts.sequencer;
    },
    async openHistory() {
      return {
        written: () => new Map(Object.entries(parts.written ?? {})),
        open(instanceId) {
          const events = parts.events?.[instanceId];
          if (events === undefined) throw new Error(`no log ${instanceId}`);
          let read = 0;
          return {
            async *readOn() {
              for (; read < events.length; read++) yield events[read]!;
            },
            close() {},
          };
        },
      };
    },
    async openVersions() {
      return {
        storedVersions: () => parts.versions ?? [],
        removeVersion: (version) => void parts.removed?.push(version),
        pruneCompiled: () => 0,
      };
    },
    async openWorkshop() {
      if (parts.workshop === undefined) throw new Error("this command needs no workshop");
      return parts.workshop;
    },
  };
}
