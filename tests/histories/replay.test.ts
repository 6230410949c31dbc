/**
 * Every history that a released version recorded is what it was: it is told alike, every turn of it leads to
 * the same again, and runs that were recorded in their midst go on to the same end.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LogLine, readLog } from "../faults/many-servers/log-lines.ts";
import { isDerived } from "../faults/many-servers/story.ts";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import {
  CLI,
  copyState,
  EXPORT,
  type History,
  moveOrigins,
  recordedHistories,
  withoutId,
} from "./recorded.ts";
import { SCENARIOS } from "./scenarios.ts";
import { putPrograms } from "./stage.ts";

const histories = recordedHistories();
let sandbox: Sandbox;
let server: ServerProcess;
let copies = 0;

beforeAll(async () => {
  sandbox = createSandbox();
  for (const { folder } of histories) copyState(join(folder, "state"), sandbox.stateDir);
  putPrograms(sandbox);
  moveOrigins(sandbox.stateDir, sandbox.programsDir);
  server = await startServer(sandbox);
});
afterAll(async () => {
  await server.close();
  sandbox.remove();
});

it("the version of this package has recorded its histories, and none is forgotten", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(recordedHistories(version)).not.toEqual([]);
  for (const { name } of histories) expect(Object.keys(SCENARIOS)).toContain(name);
});

describe.each(histories)("$version $name", (history) => {
  const { instance_id, told, stuck, further, afterwards } = history.expected;

  it("is told as it was", async () => {
    expect(await server.call("sequencer_current", { instance_id })).toEqual(told);
  });

  if (!stuck)
    it("comes to the same again after each of its events", async () => {
      const lines = readLog(logOf(history)).lines;
      let derived = 0;
      for (const [at, happened] of lines.entries()) {
        const expected = derivedAfter(lines, at);
        if (isDerived(happened) || expected.length === 0) continue;
        const whole = logOf(history);
        const id = beginCopy(whole.subarray(0, whole.indexOf("\n", happened.off) + 1));
        await server.call("sequencer_current", { instance_id: id });
        const again = derivedAfter(readLog(readFileSync(pathOf(id))).lines, at);
        expect(again.map(plain), `after event ${at}, ${happened.type}`).toEqual(expected.map(plain));
        derived += expected.length;
      }
      expect(derived).toBeGreaterThan(0);
    });

  const file = join(history.folder, EXPORT);
  if (existsSync(file))
    it("is imported as it was exported", async () => {
      const elsewhere = createSandbox();
      const id = execFileSync(process.execPath, [CLI, "import", file], {
        cwd: elsewhere.projectDir,
        env: elsewhere.env,
        encoding: "utf8",
        stdio: "pipe",
      });
      expect(id.trim()).toBe(instance_id);
      const other = await startServer(elsewhere);
      expect(await other.call("sequencer_current", { instance_id })).toEqual(told);
      await other.close();
      elsewhere.remove();
    });

  if (further)
    it("goes on to the same end", async () => {
      const id = beginCopy(logOf(history));
      for (const { tool, args } of further) {
        expect(await server.call(tool, { instance_id: id, ...args }), tool).not.toMatchObject({ ok: false });
      }
      const answer = await server.call("sequencer_current", { instance_id: id });
      expect(withoutTime(withoutId(answer))).toEqual(withoutTime(afterwards));
      expect(JSON.stringify(await server.call("sequencer_resume", { instance_id: id }))).toBe(
        JSON.stringify(answer),
      );
    });
});

function logOf({ folder, expected }: History): Buffer {
  return readFileSync(join(folder, "state", `${expected.instance_id}.jsonl`));
}

function pathOf(id: string): string {
  return join(sandbox.stateDir, `${id}.jsonl`);
}

/** A run with this history under an id of its own. */
function beginCopy(bytes: Buffer): string {
  const id = `01ARZ3NDEKTSV4RRFFQ6${(++copies).toString().padStart(6, "0")}`;
  writeFileSync(pathOf(id), bytes);
  return id;
}

/** What the program did about an event: all that follows up to the next one that happened. */
function derivedAfter(lines: readonly LogLine[], at: number): LogLine[] {
  const next = lines.findIndex((line, i) => i > at && !isDerived(line));
  return lines.slice(at + 1, next === -1 ? undefined : next);
}

/** The event without its place. Texts may name files of the version, wherever the state folder lies. */
function plain({ seq: _, off: __, w: ___, gap: ____, crc: _____, ...event }: LogLine): object {
  return JSON.parse(
    JSON.stringify(event).replaceAll(/[^"`\s]*\/versions\/(\w+)\/files/g, "versions/$1/files"),
  );
}

/** When the last step was asked for is another day's. */
function withoutTime({ yielded_at: _, ...answer }: any): any {
  return answer;
}
