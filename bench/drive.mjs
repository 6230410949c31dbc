/** Driving `programs/loop.ts`, and what its runs weigh. */

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** 500 bytes of JSON, as an agent's short report is. */
export const REPLY = {
  text: "The section holds, with two exceptions. ".repeat(13).slice(0, 500 - '{"text":""}'.length),
};

/** @param {{ steps: number, schema?: "each" | "once" }} params of `programs/loop.ts` */
export async function begin(server, params) {
  const { instance_id } = await server.call("sequencer_start", { program: "loop", params });
  return instance_id;
}

export const next = (server, instance_id, for_step_no) =>
  server.call("sequencer_next", { instance_id, for_step_no, result: REPLY });

export const logSize = (state, instance) => statSync(join(state, `${instance}.jsonl`)).size;

/** Milliseconds that `action` takes. */
export async function timed(action) {
  const before = performance.now();
  await action();
  return performance.now() - before;
}

/** Linux only; elsewhere 0. */
export function residentMegabytes(pid) {
  try {
    return Math.round(Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) / 1024);
  } catch {
    return 0;
  }
}
