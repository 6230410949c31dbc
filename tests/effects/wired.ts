/** A sequencer with its effects, on folders of its own. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "../../src/engine/event.ts";
import type { InstanceAnswer } from "../../src/instances/answer.ts";
import type { Effects } from "../../src/instances/effects/effects.ts";
import { createSequencer } from "../../src/instances/sequencer.ts";
import type { Shell } from "../../src/instances/shell.ts";
import { createLogStore } from "../../src/log/log-store.ts";
import { ENTRIES } from "./entries.ts";

export interface Place {
  readonly state: string;
  readonly project: string;
  readonly programs: string;
}

export function newPlace(): Place {
  const root = mkdtempSync(join(tmpdir(), "effects-"));
  const folders = {
    state: join(root, "state"),
    project: join(root, "project"),
    programs: join(root, "programs"),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { mode: 0o700 });
  return folders;
}

/** The program `name`, whose `run` has this body, with everything that an author may import at hand. */
export function writeProgram({ programs }: Place, name: string, body: string): void {
  writeFileSync(
    join(programs, `${name}.ts`),
    `import { all, allSettled, command, defineProgram, instruct, race, sideEffect, signal, sleep, StepFailed } from "agent-sequencer";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

export default defineProgram({
  name: "${name}",
  description: "Test.",
  async *run({ params, instance }) {
${body}
  },
});
`,
  );
}

export interface Wired {
  readonly shell: Shell;
  readonly effects: Effects;
  dispose(): Promise<void>;
}

export function createWired(place: Place, settings: { turnTimeoutMs?: number } = {}): Wired {
  const shell = createSequencer({
    stateDir: place.state,
    projectDir: place.project,
    home: join(place.project, "no-home"),
    programDirs: [place.programs],
    version: "0.0.0",
    ...ENTRIES,
    ...settings,
  });
  const { effects } = shell as unknown as { effects: Effects };
  return { shell, effects, dispose: () => shell.dispose() };
}

/** Starts a program and does not wait for what it sets going. @returns the instance id */
export async function begin({ shell }: Wired, { state }: Place, program: string): Promise<string> {
  const logs = () => readdirSync(state).filter((name) => name.endsWith(".jsonl"));
  const before = logs();
  let failed: unknown;
  shell.start({ program }).catch((error) => {
    failed = error;
  });
  const log = await eventually(() => {
    if (failed !== undefined) throw failed;
    return logs().find((name) => !before.includes(name));
  });
  return log.slice(0, -".jsonl".length);
}

/** Looks again until the instance is as wanted. */
export async function until(
  { shell }: Pick<Wired, "shell">,
  instanceId: string,
  wanted: (answer: InstanceAnswer) => boolean,
): Promise<InstanceAnswer> {
  const deadline = Date.now() + 40_000;
  for (;;) {
    const answer = await shell.current({ instanceId });
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not as wanted: ${JSON.stringify(answer)}`);
    await sleep(20);
  }
}

export const hasEnded = ({ last_yield }: InstanceAnswer) =>
  ["done", "error", "abort"].includes(last_yield.kind);

/** What `run` returned. */
export async function summaryOf(wired: Pick<Wired, "shell">, instanceId: string): Promise<any> {
  const { last_yield } = await until(wired, instanceId, hasEnded);
  if (last_yield.kind !== "done") throw new Error(JSON.stringify(last_yield));
  return last_yield.summary;
}

export async function eventsOf({ state }: Place, id: string): Promise<Event[]> {
  const store = createLogStore({ stateDir: state, isKnownType: () => true, formatVersion: 1 });
  const log = store.open(id);
  const events: Event[] = [];
  for await (const batch of log.readOn()) events.push(...batch.events);
  log.close();
  return events;
}

/** Waits until `look` gives something. */
export async function eventually<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + 40_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`never came: ${look}`);
    await sleep(20);
  }
}

/** The text of a file; `undefined`: it is not there (yet). */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
