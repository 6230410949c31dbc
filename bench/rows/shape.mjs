/**
 * What the shape of a program costs: wide (many branches, fifty at a time) and deep (fifty groups around each
 * step). The cost of a step must not grow with what is behind it, nor memory with what is done.
 */

import { folder, startOurs } from "../bench-space.mjs";
import { REPLY, residentMegabytes, timed } from "../drive.mjs";
import { fact, median, milliseconds } from "../figures.mjs";

const SHAPES = [
  { name: "wide: 10,000 branches, 50 at a time", items: 10_000, concurrency: 50, depth: 0 },
  { name: "deep: 50 groups around each of 500 steps", items: 500, concurrency: 1, depth: 50 },
];

export async function rows({ quick }) {
  const measured = [];
  for (const { name, ...params } of SHAPES) {
    measured.push(...(await measure(name, quick ? { ...params, items: params.items / 10 } : params)));
  }
  return measured;
}

async function measure(name, params) {
  const server = await startOurs(folder("shape"));
  try {
    const { instance_id } = await server.call("sequencer_start", { program: "shape", params });
    const waiting = Array.from({ length: Math.min(params.concurrency, params.items) }, (_, i) => i + 1);
    const times = [];
    const memory = [];
    let last;
    while (waiting.length > 0) {
      const for_step_no = waiting.shift();
      times.push(
        await timed(async () => {
          last = await server.call("sequencer_next", { instance_id, for_step_no, result: REPLY });
        }),
      );
      // Beyond the first ones, each reply hands out the step that takes its place, until none is left.
      const issued = last.last_yield.step_no;
      if (last.last_yield.kind === "instruction" && issued > for_step_no && !waiting.includes(issued)) {
        waiting.push(issued);
      }
      if (times.length === Math.ceil(params.items / 10) || times.length === params.items) {
        memory.push(residentMegabytes(server.pid));
      }
    }
    if (last.state !== "completed") throw new Error(`the run ended as ${last.state}`);
    const tenth = Math.ceil(times.length / 10);
    return [
      fact(`${name}: first tenth, a step`, milliseconds(median(times.slice(0, tenth)))),
      fact(`${name}: last tenth, a step`, milliseconds(median(times.slice(-tenth)))),
      fact(`${name}: memory after a tenth and at the end`, memory.map((each) => `${each} MB`).join(", ")),
    ];
  } finally {
    await server.close();
  }
}
