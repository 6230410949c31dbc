/** Process start to `initialize` answered; the floor is the same SDK with ten tools, bundled. */

import { spawnSync } from "node:child_process";
import { folder, startFloor, startOurs } from "../bench-space.mjs";
import { measures, row } from "../figures.mjs";

export async function rows({ quick }) {
  const state = folder("start");
  const times = { ours: [], floor: [], node: [] };
  for (let i = 0; i < (quick ? 15 : 50); i += 1) {
    times.ours.push(await once(startOurs(state)));
    times.floor.push(await once(startFloor()));
    times.node.push(bareNode());
  }
  return [
    measures("start", row("start: process to initialize answered", times.ours, times.floor, 1.2)),
    row("start: bare `node -e 0`, for comparison", times.node),
  ];
}

async function once(starting) {
  const server = await starting;
  await server.close();
  return server.startMs;
}

function bareNode() {
  const before = performance.now();
  spawnSync(process.execPath, ["-e", "0"]);
  return performance.now() - before;
}
