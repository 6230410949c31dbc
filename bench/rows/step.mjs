/**
 * A durable step over real stdio: reply in, next instruction out. The floor gets a call of the same size, writes
 * and syncs as many bytes as our log grows by, and gives an answer of the same size. One step of each, in turn.
 */

import { join } from "node:path";
import { folder, startFloor, startOurs } from "../bench-space.mjs";
import { begin, logSize, next, REPLY, timed } from "../drive.mjs";
import { fact, measures, median, milliseconds, row } from "../figures.mjs";

export async function rows({ quick }) {
  const steps = quick ? 1_000 : 10_000;
  const state = folder("step");
  const ours = await startOurs(state);
  const sample = await weigh(ours, state);
  const floor = await startFloor({
    FLOOR_FILE: join(folder("step-floor"), "log"),
    FLOOR_BYTES: String(sample.bytes),
    FLOOR_ANSWER: JSON.stringify(sample.answer),
  });
  const oursMs = [];
  const floorMs = [];
  const instance = await begin(ours, { steps: steps + 1 });
  for (let step = 1; step <= steps; step += 1) {
    oursMs.push(await timed(() => next(ours, instance, step)));
    floorMs.push(
      await timed(() => floor.call("write", { instance_id: instance, for_step_no: step, result: REPLY })),
    );
  }
  await Promise.all([ours.close(), floor.close()]);

  const [firstMs, lastMs] = [oursMs.slice(0, 100), oursMs.slice(-100)];
  const [floorFirst, floorLast] = [floorMs.slice(0, 100), floorMs.slice(-100)];
  return [
    measures(
      "step",
      row("step: 1,000 durable steps over stdio", oursMs.slice(0, 1_000), floorMs.slice(0, 1_000), 1.5),
    ),
    row("step: the first 100", firstMs, floorFirst, 1.5),
    row(`step: the last 100 of ${steps.toLocaleString("en")}`, lastMs, floorLast, 1.5),
    measures(
      quick ? undefined : "step.flat",
      fact("step: growth from first to last 100, ours", milliseconds(median(lastMs) - median(firstMs))),
      { ours: median(lastMs), floor: median(firstMs), ratio: median(lastMs) / median(firstMs) },
    ),
    measures(
      "log",
      fact("log: bytes over payload", `${sample.overPayload.toFixed(2)} x`, "2 x", sample.overPayload <= 2),
      { ratio: sample.overPayload },
    ),
  ];
}

/** The same, of a server that is started for it. */
export async function sampleOfOurs(state) {
  const server = await startOurs(state);
  try {
    return await weigh(server, state);
  } finally {
    await server.close();
  }
}

/** What one step in the middle of a run adds to the log, what it answers, and what of it is payload. */
async function weigh(server, state) {
  const instance = await begin(server, { steps: 100 });
  await next(server, instance, 1);
  const before = logSize(state, instance);
  let answer;
  for (let step = 2; step <= 21; step += 1) answer = await next(server, instance, step);
  const bytes = Math.round((logSize(state, instance) - before) / 20);
  const { text, expect_schema } = answer.last_yield;
  const payload = [text, expect_schema, REPLY].map((part) => JSON.stringify(part).length);
  return { bytes, answer, overPayload: bytes / payload.reduce((sum, each) => sum + each, 0) };
}
