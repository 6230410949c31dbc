/**
 * A sequencer on temporary folders, and an author who edits programs while runs are in flight.
 *
 * The clock is the test's: `workshop.now` moves only when a test says so.
 */

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import type { Event, VersionAdopted } from "../../src/engine/event.ts";
import type { SequencerError } from "../../src/errors.ts";
import type { InstanceAnswer } from "../../src/instances/answer.ts";
import { createSequencer } from "../../src/instances/sequencer.ts";
import type { Shell } from "../../src/instances/shell.ts";

const dist = (file: string) => new URL(`../../dist/${file}`, import.meta.url);

export class Workshop {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "agent-sequencer-versions-")));
  stateDir = join(this.folder, "state");
  now = Date.parse("2026-03-01T12:00:00.000Z");
  /** The sequencer that is open; `restart` makes another one. */
  sequencer: Shell = this.open();

  get programsDir(): string {
    return join(this.folder, "project", ".claude", "sequencer", "programs");
  }

  open(stateDir = this.stateDir, more: { turnTimeoutMs?: number } = {}): Shell {
    return createSequencer({
      ...more,
      stateDir,
      projectDir: join(this.folder, "project"),
      home: join(this.folder, "home"),
      programDirs: [],
      version: "0.0.0-test",
      hostEntry: dist("host.js"),
      guardEntry: dist("guard.js"),
      clock: () => this.now,
    });
  }

  /** A new server process, as far as state is concerned. */
  async restart(): Promise<void> {
    await this.sequencer.dispose();
    this.sequencer = this.open();
  }

  /** The server ends, the state folder is moved, and another one starts on it. */
  async moveState(name: string): Promise<void> {
    await this.sequencer.dispose();
    const moved = join(this.folder, name);
    renameSync(this.stateDir, moved);
    this.stateDir = moved;
    this.sequencer = this.open();
  }

  async close(): Promise<void> {
    await this.sequencer.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Writes a file of the programs folder. */
  write(name: string, text: string): void {
    const path = join(this.programsDir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  remove(name: string): void {
    rmSync(join(this.programsDir, name), { recursive: true });
  }

  /** Writes `<name>.ts` whose `run` has this body; it may use everything that authors import. */
  program(name: string, body: string, more: { definition?: string; imports?: string } = {}): void {
    const { definition = "", imports = "" } = more;
    this.write(
      `${name}.ts`,
      `import * as api from "agent-sequencer";
import { z } from "zod";
${imports}
const { Abort, all, allSettled, ask, command, defineProgram, instruct, race, sideEffect, signal, sleep } = api;
export default defineProgram({
  name: "${name}",
  description: "A program of the test.",
  ${definition}
  async *run({ params, progress, instance }: any) {
${body}
  },
});
`,
    );
  }

  async start(program: string, params: unknown = {}): Promise<string> {
    return (await this.sequencer.start({ program, params })).instance_id;
  }

  /** Answers the steps that are awaited, one after the other, lowest first. */
  async reply(instanceId: string, ...results: unknown[]): Promise<InstanceAnswer> {
    let answer = await this.sequencer.current({ instanceId });
    for (const result of results) {
      answer = await this.sequencer.next({ instanceId, forStepNo: answer.step_no, result });
    }
    return answer;
  }

  /** Answers the step that asks this. */
  async answer(instanceId: string, text: string, result: unknown): Promise<InstanceAnswer> {
    const steps = asked(await this.current(instanceId));
    const forStepNo = steps.find(([, other]) => other === text)![0];
    return this.sequencer.next({ instanceId, forStepNo, result });
  }

  current(instanceId: string): Promise<InstanceAnswer> {
    return this.sequencer.current({ instanceId });
  }

  /** Moves the instance to the program as it is now. */
  latest(instanceId: string): Promise<InstanceAnswer> {
    return this.sequencer.resume({ instanceId, programVersion: "latest" });
  }

  async events(instanceId: string): Promise<Event[]> {
    const events: Event[] = [];
    for await (const { event } of this.sequencer.events(instanceId)) events.push(event);
    return events;
  }

  async adoption(instanceId: string): Promise<VersionAdopted | undefined> {
    const events = await this.events(instanceId);
    return events.findLast((event) => event.type === "version_adopted");
  }

  logOf(instanceId: string): string {
    return readFileSync(join(this.stateDir, `${instanceId}.jsonl`), "utf8");
  }

  /** "latest" is refused, the instance is what it was, and the error is returned. */
  async expectRefused(instanceId: string): Promise<SequencerError> {
    const before = await this.current(instanceId);
    const log = this.logOf(instanceId);
    const error = await this.latest(instanceId).then(
      () => expect.fail("the version was adopted"),
      (thrown: SequencerError) => thrown,
    );
    expect(error).toMatchObject({ code: "ProgramDiverged" });
    expect(this.logOf(instanceId)).toBe(log);
    expect(await this.current(instanceId)).toEqual(before);
    return error;
  }

  /** "latest" is adopted; a server that knows nothing of it comes to the same answer from the log. */
  async expectAdopted(instanceId: string): Promise<InstanceAnswer> {
    const previous = (await this.current(instanceId)).version;
    const answer = await this.latest(instanceId);
    const version = (await this.sequencer.listPrograms()).programs.find(
      ({ name }) => name === answer.program,
    );
    expect(answer.version).toBe(version?.version);
    expect(answer.version).not.toBe(previous);
    expect(await this.adoption(instanceId)).toMatchObject({ version: answer.version, previous });
    await this.restart();
    expect(await this.current(instanceId)).toEqual(answer);
    return answer;
  }
}

/** What is asked of the agent: step numbers and texts. */
export function asked(answer: InstanceAnswer): [number, string][] {
  const { last_yield } = answer;
  if (last_yield.kind === "instruction") return [[last_yield.step_no, last_yield.text]];
  if (last_yield.kind !== "parallel") return [];
  return last_yield.instructions.map(({ step_no, text }) => [step_no, text]);
}
