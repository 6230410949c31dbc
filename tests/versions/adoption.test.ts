/** The log around an adoption: long ones, races, crashes in the middle. */

import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCatalog } from "../../src/catalog/catalog.ts";
import { openLogs } from "../../src/cli/logs.ts";
import { prune } from "../../src/cli/prune.ts";
import type { Rooms } from "../../src/cli/rooms.ts";
import type { Event } from "../../src/engine/event.ts";
import { createLogStore } from "../../src/log/log-store.ts";
import { createTerminal } from "../cli/fake-terminal.ts";
import { asked, Workshop } from "./workshop.ts";

let workshop: Workshop;
beforeEach(() => {
  workshop = new Workshop();
});
afterEach(() => workshop.close());

const loop = (count: number, last: string) =>
  `const lengths: number[] = [];
   for (let i = 0; i < ${count}; i++) lengths.push((yield* instruct("Step " + i)).length);
   return [lengths.length, yield* instruct("${last}")];`;

function openLog(id: string) {
  const known = { isKnownType: () => true, formatVersion: 1 };
  return createLogStore({ stateDir: workshop.stateDir, ...known }).open(id);
}

async function eventsOf(id: string): Promise<Event[]> {
  const events: Event[] = [];
  const log = openLog(id);
  for await (const batch of log.readOn()) events.push(...batch.events);
  log.close();
  return events;
}

describe("a log of several megabytes", () => {
  const STEPS = 40;
  let id: string;
  beforeEach(async () => {
    workshop.program("p", loop(STEPS, "End?"));
    id = await workshop.start("p");
    await workshop.reply(id, ...Array.from({ length: STEPS }, () => "x".repeat(100_000)));
    workshop.program("p", `/* edited */ ${loop(STEPS, "The end?")}`);
  });

  test("is moved, and run on the version that stands at its end", async () => {
    expect(asked(await workshop.expectAdopted(id))).toEqual([[STEPS + 2, "The end?"]]);
  });

  test("is run without the versions that it has left behind, missing as they are", async () => {
    const { version } = await workshop.current(id);
    const moved = await workshop.expectAdopted(id);
    rmSync(join(workshop.stateDir, "versions", version), { recursive: true });
    await workshop.restart();
    expect(await workshop.current(id)).toEqual(moved);
    expect((await workshop.reply(id, "end")).last_yield).toEqual({ kind: "done", summary: [STEPS, "end"] });
  });

  test("is followed by a server that has replayed it on the version before", async () => {
    const other = workshop.open();
    try {
      expect(asked(await other.current({ instanceId: id }))).toEqual([[STEPS + 1, "End?"]]);
      const moved = await workshop.latest(id);
      expect(await other.current({ instanceId: id })).toEqual(moved);
      const ended = await other.next({ instanceId: id, forStepNo: STEPS + 2, result: "end" });
      expect(ended.last_yield).toEqual({ kind: "done", summary: [STEPS, "end"] });
    } finally {
      await other.dispose();
    }
  });

  test("is refused with the line of a step far down in it", async () => {
    workshop.program(
      "p",
      loop(STEPS, "End?").replace('"Step " + i', '(i === 30 ? "Something else" : "Step " + i)'),
    );
    const { details } = await workshop.expectRefused(id);
    expect(details).toMatchObject({
      step_no: 31,
      seq: 61,
      line: 62,
      hint: "step 31 was changed, and what follows is the same",
    });
  });
});

test("a crash between the adoption and what follows from it is made good by whoever loads it next", async () => {
  workshop.program("p", 'yield* instruct("One."); return yield* instruct("Two.");');
  const id = await workshop.start("p");
  await workshop.reply(id, 1);
  workshop.program("p", 'yield* instruct("One."); return yield* instruct("Another two.");');
  const moved = await workshop.latest(id);
  await workshop.sequencer.dispose();
  const lines = workshop.logOf(id).trimEnd().split("\n");
  const adopted = lines.findIndex((line) => line.includes('"version_adopted"'));
  for (const kept of [adopted + 1, adopted + 2]) {
    writeFileSync(
      join(workshop.stateDir, `${id}.jsonl`),
      lines
        .slice(0, kept)
        .map((line) => `${line}\n`)
        .join(""),
    );
    workshop.sequencer = workshop.open();
    expect(await workshop.current(id)).toEqual(moved);
    expect((await eventsOf(id)).map(({ type }) => type).slice(-3)).toEqual([
      "version_adopted",
      "step_cancelled",
      "step_issued",
    ]);
    await workshop.sequencer.dispose();
  }
  workshop.sequencer = workshop.open();
});

test("a reply that is under way when the version moves wins or loses as a whole", async () => {
  const other = workshop.open();
  try {
    for (let round = 0; round < 20; round++) {
      workshop.program("p", `/* ${round} */ yield* instruct("One."); yield* instruct("Two."); return "old";`);
      const id = await workshop.start("p");
      await other.current({ instanceId: id });
      workshop.program("p", `/* ${round} */ yield* instruct("One."); yield* instruct("Two."); return "new";`);
      const [moved, replied] = await Promise.all([
        workshop.latest(id),
        other.next({ instanceId: id, forStepNo: 1, result: 1 }),
      ]);
      expect([1, 2]).toContain(moved.step_no);
      expect(replied.step_no).toBe(2);
      const types = (await eventsOf(id)).map(({ type }) => type);
      expect(types.filter((type) => type === "version_adopted")).toHaveLength(1);
      expect((await workshop.reply(id, 2)).last_yield).toEqual({ kind: "done", summary: "new" });
    }
  } finally {
    await other.dispose();
  }
});

test("two servers that move one instance at once move it once", async () => {
  const other = workshop.open();
  try {
    for (let round = 0; round < 10; round++) {
      workshop.program("p", `/* ${round} */ return yield* instruct("One.");`);
      const id = await workshop.start("p");
      workshop.program("p", `/* ${round} */ return yield* instruct("Another one.");`);
      const request = { instanceId: id, programVersion: "latest" } as const;
      const [one, two] = await Promise.all([workshop.sequencer.resume(request), other.resume(request)]);
      expect(one).toEqual(two);
      expect((await eventsOf(id)).filter(({ type }) => type === "version_adopted")).toHaveLength(1);
    }
  } finally {
    await other.dispose();
  }
});

test("the line of a step is that in the file, where a lost race and a torn write stand before it", async () => {
  workshop.program(
    "p",
    'yield* instruct("One."); yield* instruct("Two."); return yield* instruct("Three.");',
  );
  const id = await workshop.start("p");
  await workshop.reply(id, 1);
  // Another process writes from the same view of the log, and loses.
  const [first, second] = [openLog(id), openLog(id)];
  for (const log of [first, second]) for await (const _ of log.readOn());
  const at = new Date(workshop.now).toISOString();
  expect(first.append([{ type: "closed", at }])).toBeDefined();
  expect(second.append([{ type: "reopened", at }])).toBeUndefined();
  first.close();
  second.close();
  appendFileSync(join(workshop.stateDir, `${id}.jsonl`), '{ "seq":5,"off":12');
  await workshop.reply(id, 2);
  workshop.program(
    "p",
    'yield* instruct("One."); yield* instruct("Two."); yield* instruct("Two and a half."); return yield* instruct("Three.");',
  );
  await workshop.expectAdopted(id);
  workshop.program("p", 'yield* instruct("One."); yield* instruct("2."); return yield* instruct("Three.");');
  const { details } = await workshop.expectRefused(id);
  const lines = readFileSync(join(workshop.stateDir, `${id}.jsonl`), "utf8").split("\n");
  expect(lines[(details!["line"] as number) - 1]).toContain(`{ "seq":${details!["seq"]},`);
  expect(lines[(details!["line"] as number) - 1]).toContain('"Two."');
});

test("an adopted version is kept as long as a log needs it, and so are those before it", async () => {
  workshop.write("p/rules.md", "Be kind.");
  const body = `return yield* instruct("Follow " + import.meta.dirname + "/p/rules.md");`;
  workshop.program("p", body);
  const id = await workshop.start("p");
  workshop.program("p", `/* edited */ ${body}`);
  const answer = await workshop.expectAdopted(id);
  // The step stays, and names a file of the version before.
  const path = /\/.*rules\.md/.exec(asked(answer)[0]![1])![0];
  const catalog = createCatalog({ projectDir: "/", home: "/", programDirs: [], stateDir: workshop.stateDir });
  const rooms = {
    openSequencer: async () => workshop.open(),
    openHistory: async () => openLogs(workshop.stateDir),
    openVersions: async () => catalog,
  } as unknown as Rooms;
  // Versions are young for a day, by the clock of the file system.
  await prune({}, createTerminal(), rooms, Date.now() + 90 * 86_400_000);
  expect(catalog.storedVersions()).toHaveLength(2);
  expect(readFileSync(path, "utf8")).toBe("Be kind.");
});
