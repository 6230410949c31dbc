/** A hook with nothing to say, and one that has read a log: against a bare start of Node. */

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { environment, folder, hookFile, startOurs } from "../bench-space.mjs";
import { begin } from "../drive.mjs";
import { measures, row } from "../figures.mjs";

const SESSION = "d82d452d-1a42-4054-8475-fa99b638def3";
const STRANGER = "29d5424a-9266-443f-a9b3-23cf5af29a0b";
const OURS = "mcp__plugin_agent-sequencer_seq__sequencer_start";

export async function rows({ quick }) {
  const state = folder("hook");
  const server = await startOurs(state);
  const instance_id = await begin(server, { steps: 3 });
  await server.close();
  mkdirSync(`${state}/sessions`, { recursive: true, mode: 0o700 });
  const hook = (event, more) =>
    timeOf([hookFile, event], state, { session_id: SESSION, cwd: state, ...more });
  const tool = { tool_name: "Edit", tool_input: { file_path: `${state}/a`, new_string: "x".repeat(500) } };
  hook("PostToolUse", { tool_name: OURS, tool_input: {}, tool_response: JSON.stringify({ instance_id }) });
  // The first look at a log is remembered by its length.
  hook("PreToolUse", tool);

  const times = { node: [], unknown: [], driving: [], stop: [] };
  for (let i = 0; i < (quick ? 20 : 100); i += 1) {
    times.node.push(timeOf(["-e", "0"], state, {}));
    times.unknown.push(hook("PreToolUse", { ...tool, session_id: STRANGER }));
    times.driving.push(hook("PreToolUse", tool));
    times.stop.push(hook("Stop", { session_id: STRANGER, stop_hook_active: false }));
  }
  return [
    measures(
      "hook",
      row("hook: PreToolUse of a session that drives nothing", times.unknown, times.node, 1.2),
    ),
    measures(
      "hook",
      row("hook: PreToolUse while a step without rules is pending", times.driving, times.node, 1.2),
    ),
    measures("hook", row("hook: Stop of a session that drives nothing", times.stop, times.node, 1.2)),
  ];
}

function timeOf(args, state, input) {
  const options = { input: JSON.stringify(input), env: { ...process.env, ...environment(state) } };
  const before = performance.now();
  spawnSync(process.execPath, args, options);
  return performance.now() - before;
}
