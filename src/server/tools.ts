/** Every tool, in the order in which a run meets them. */

import type { Tool } from "./tool.ts";
import { cancel } from "./tools/cancel.ts";
import { close } from "./tools/close.ts";
import { current } from "./tools/current.ts";
import { fork } from "./tools/fork.ts";
import { list } from "./tools/list.ts";
import { listPrograms } from "./tools/list-programs.ts";
import { next } from "./tools/next.ts";
import { resume } from "./tools/resume.ts";
import { signal } from "./tools/signal.ts";
import { start } from "./tools/start.ts";

export const TOOLS: readonly Tool[] = [
  listPrograms,
  start,
  current,
  next,
  resume,
  list,
  close,
  signal,
  cancel,
  fork,
];

/** As `tools/list` answers them. */
export const TOOL_LIST = TOOLS.map(({ handle: _, ...declaration }) => declaration);
