/**
 * Resume: a new process that has never seen a run answers where it stands. The floor is a server, too, that
 * reads the same file, parses each line and runs the bare generator. Our logs are made by driving our server.
 */

import { join } from "node:path";
import { kept, startFloor, startOurs } from "../bench-space.mjs";
import { begin, logSize, next } from "../drive.mjs";
import { measures, row } from "../figures.mjs";

export async function rows({ quick }) {
  const lines = [];
  for (const [steps, times] of quick
    ? [[1_000, 7]]
    : [
        [1_000, 15],
        [100_000, 7],
      ]) {
    for (const schema of ["each", "once"]) lines.push(...(await resume(steps, schema, times)));
  }
  return lines;
}

async function resume(steps, schema, times) {
  const params = { steps: steps + 1, schema };
  const { state, instance, bytes } = await kept(`resume-${steps}-${schema}`, (folder) =>
    drive(folder, steps, params),
  );
  const log = join(state, `${instance}.jsonl`);
  const ours = { call: [], whole: [] };
  const floor = { call: [], whole: [] };
  for (let i = 0; i < times; i += 1) {
    await answerOnce(ours, await startOurs(state), steps, "sequencer_current", { instance_id: instance });
    await answerOnce(floor, await startFloor(), steps, "replay", { log, params });
  }
  const megabytes = (bytes / 2 ** 20).toFixed(1);
  const name = `resume: ${steps.toLocaleString("en")} steps (${megabytes} MB), schema made ${schema === "each" ? "at each" : "once"}`;
  return [
    measures(`resume.${steps}`, row(`${name}: new process to answer`, ours.whole, floor.whole, 2)),
    row(`${name}: the call alone`, ours.call, floor.call),
  ];
}

async function answerOnce(times, server, steps, tool, args) {
  const before = performance.now();
  const { step_no } = await server.call(tool, args);
  const after = performance.now();
  if (step_no !== steps + 1) throw new Error(`${tool} answers step ${step_no}, not ${steps + 1}`);
  times.call.push(after - before);
  times.whole.push(after - server.spawned);
  await server.close();
}

async function drive(state, steps, params) {
  const server = await startOurs(state);
  const instance = await begin(server, params);
  for (let step = 1; step <= steps; step += 1) await next(server, instance, step);
  await server.close();
  return { instance, bytes: logSize(state, instance) };
}
