import { randomInt } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { startOtherServer } from "./other-server.ts";
import { setUp } from "./setup.ts";
import { eventsOf, newPlace, summaryOf, textOf, writeProgram } from "./wired.ts";

const { wire } = setUp();

const EFFECTS = 60;
const KILLS = 8;

it("servers killed at any moment run each attempt once, and nothing again that is recorded", async () => {
  const place = newPlace();
  writeProgram(
    place,
    "test",
    `const note = (i, attempt) => appendFileSync(instance.projectDir + "/runs", i + "/" + attempt + "\\n");
    return yield* all(Array.from({ length: ${EFFECTS} }, (_, i) => (i % 4 === 3
      ? command("sh", ["-c", "echo " + i + "/command >> runs; sleep 0.06; echo " + i])
      : sideEffect("n" + i, async ({ attempt }) => {
          note(i, attempt);
          await pause(60);
          return i;
        }))), { concurrency: 6 });`,
  );
  const first = await startOtherServer(place);
  const id: string = await first.ask("begin", "test");
  let server = first;
  const pauses: number[] = [];
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const replacement = startOtherServer(place);
      pauses.push(randomInt(250));
      await sleep(pauses.at(-1)!);
      await server.kill();
      server = await replacement;
      await server.ask("current", id);
    }
    const last = wire(place);
    await server.kill();
    const summary = await summaryOf(last, id);
    const numbers = summary.map((value: any) => Number(typeof value === "number" ? value : value.stdout));
    expect(numbers).toEqual(Array.from({ length: EFFECTS }, (_, i) => i));
  } finally {
    await server.kill();
  }

  const events = await eventsOf(place, id);
  const labelOf = new Map<number, string>();
  for (const event of events) if (event.type === "step_issued") labelOf.set(event.step_no, event.label!);
  const finished = events.flatMap((event) => (event.type === "effect_finished" ? [event.step_no] : []));
  expect(finished.sort((a, b) => a - b)).toEqual(Array.from({ length: EFFECTS }, (_, i) => i + 1));

  const started = events.flatMap((event) =>
    event.type === "effect_started" ? [`${event.step_no}/${event.attempt}`] : [],
  );
  expect(new Set(started).size).toBe(started.length);
  const runs = textOf(join(place.project, "runs"))!.trim().split("\n");
  const seen = `pauses ${pauses.join(", ")}; runs ${runs.join(" ")}; started ${started.join(" ")}`;
  const effectRuns = runs.filter((run) => !run.endsWith("command"));
  expect(new Set(effectRuns).size, seen).toBe(effectRuns.length);
  const stepOf = (label: string) => [...labelOf].find(([, each]) => each === label)![0];
  for (const run of effectRuns) {
    const [i, attempt] = run.split("/");
    expect(started, seen).toContain(`${stepOf(`n${i}`)}/${attempt}`);
  }
  const atCommands = runs.length - effectRuns.length;
  const commandSteps = new Set([...labelOf].filter(([, label]) => label === "sh").map(([step]) => step));
  const startedCommands = started.filter((each) => commandSteps.has(Number(each.split("/")[0])));
  expect(atCommands, seen).toBeLessThanOrEqual(startedCommands.length);
  expect(started.length, "something was interrupted").toBeGreaterThan(EFFECTS);
});
