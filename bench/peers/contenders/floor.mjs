/**
 * The floor: a tool of the same SDK that gets the same reply, writes and syncs as many bytes as our log grows by,
 * and gives an answer of the same size. Its recovery reads our log and runs the bare generator over it.
 */

import { join } from "node:path";
import { startFloor } from "../../bench-space.mjs";
import { REPLY } from "../../drive.mjs";
import { traced } from "../worker-process.mjs";

/** @param {{ bytes: number, answer: object }} sample a step of ours */
export const floor = (sample) => ({
  name: "floor",
  title: "the floor",
  durability: "one write and one `fdatasync` before each answer",
  async open({ folder, trace, sessions }) {
    const env = {
      FLOOR_FILE: join(folder, "log"),
      FLOOR_BYTES: String(sample.bytes),
      FLOOR_ANSWER: JSON.stringify(sample.answer),
    };
    const start = () => startFloor(env, traced([], trace));
    let server = await start();
    const params = new Map();
    return {
      data: folder,
      roots: () => [server.pid],
      async begin(run, steps) {
        params.set(run, { steps, schema: "each" });
      },
      reply: (run, step) => server.call("write", { instance_id: run, for_step_no: step, result: REPLY }),
      crash: () => server.kill(),
      async recover(run) {
        server = await start();
        await server.call("replay", { log: sessions.get("ours").log(run), params: params.get(run) });
      },
      close: () => server.close(),
    };
  },
});
