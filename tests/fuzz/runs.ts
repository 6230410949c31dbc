/** Programs that a fuzzed server has, and the ids of its runs, for calls that are about something. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../server/stdio.ts";
import { writeBody, writeSum } from "../whole/sandbox-programs.ts";
import type { RawServer } from "./raw-server.ts";

export const PROGRAMS = ["sum", "anything", "pair", "waits", "hello"];

const WAITS = `import { defineProgram, signal } from "agent-sequencer";
export default defineProgram({
  name: "waits",
  description: "Waits for a signal.",
  params: { type: "object" },
  signals: { go: { type: "object" } },
  async *run() {
    return yield* signal("go");
  },
});
`;

/** All of them without effects: what a run does, it does in its log. */
export function writePrograms(sandbox: Sandbox): void {
  writeSum(sandbox);
  writeBody(sandbox, "anything", 'return [yield* instruct("Anything."), yield* instruct("And more.")];');
  writeBody(
    sandbox,
    "pair",
    'return yield* all([instruct("One."), instruct("Two.", { reply: { type: "integer" } })]);',
    'import { all } from "agent-sequencer";',
  );
  writeFileSync(join(sandbox.programsDir, "waits.ts"), WAITS);
}

const KEPT = 12;

/** The newest runs. */
export class Runs {
  private readonly ids: string[] = [];

  async startEach(server: RawServer, programs: readonly string[]): Promise<void> {
    for (const program of programs) {
      this.note((await server.call("sequencer_start", { program })).instance_id);
    }
  }

  note(id: string): void {
    if (this.ids.includes(id)) return;
    this.ids.push(id);
    if (this.ids.length > KEPT) this.ids.shift();
  }

  /** Those that accepted a reply with a member of that name somewhere in it. */
  acceptedMembers(stateDir: string, name: string): string[] {
    const member = new RegExp(`"type":"reply_accepted".*(?<!\\\\)"${name}":`);
    return this.ids.filter((id) => {
      const file = join(stateDir, `${id}.jsonl`);
      return existsSync(file) && member.test(readFileSync(file, "utf8"));
    });
  }

  /** With `<run 3>` replaced by an id; `<run 0>` is the newest. */
  inText(text: string): string {
    return text.replaceAll(/<run (\d+)>/g, (_, number: string) => {
      const back = Number(number) % this.ids.length;
      return this.ids[this.ids.length - 1 - back]!;
    });
  }
}
