/**
 * `agent-sequencer replay <program|file> <log>...`: do recorded runs fit the program as it is now?
 *
 * R1. Exit code 0 means that all of them fit.
 */

import { type ReplayReport, replayLogs } from "../authoring/replay.ts";
import { SequencerError, toErrorAnswer } from "../errors.ts";
import type { Rooms } from "./rooms.ts";
import { type Colors, colorsFor, hang, jsonText, print, printable, type Terminal } from "./terminal.ts";

export async function replay(
  programOrFile: string,
  logs: readonly string[],
  { json = false }: { readonly json?: boolean },
  terminal: Terminal,
  rooms: Rooms,
): Promise<number> {
  const { catalog, host, find } = await rooms.openWorkshop();
  const { output } = terminal;
  try {
    const { version } = await find(programOrFile);
    const reports = await replayLogs(version, logs, { catalog, host });
    const fit = reports.every(({ fits }) => fits);
    if (json) print(output, jsonText({ ok: fit, replays: reports }, 2));
    else print(output, ...reports.flatMap((report) => textOf(report, colorsFor(output, terminal))));
    return fit ? 0 : 1;
  } catch (error) {
    if (!json || !(error instanceof SequencerError)) throw error;
    print(output, jsonText(toErrorAnswer(error), 2));
    return 1;
  }
}

function textOf({ log, fits, steps, state, remarks, error }: ReplayReport, { green, red }: Colors): string[] {
  const name = printable(log);
  if (fits) {
    const run = `${steps} ${steps === 1 ? "step" : "steps"}, ${state}`;
    return [`${green("fits")}  ${name}  (${run})`, ...remarks.map((remark) => `  ${hang(remark, "  ")}`)];
  }
  const { error: code = "InternalError", message = "" } = error ?? {};
  return [`${red("does not fit")}  ${name}`, `  ${code}: ${hang(message, "  ")}`];
}
