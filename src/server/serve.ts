/**
 * A server process from its first breath to its last: stdio in, stdio out.
 *
 * S1. Closed stdin, a closed stdout, SIGINT and SIGTERM end it with exit code 0, after the sequencer let go.
 * S2. Closed stdin lets the calls under way finish, for a moment: their answers may still be read.
 * S3. An error that nobody caught is reported on stderr and ends nothing.
 */

import type { Sequencer } from "../instances/answer.ts";
import { createMcpServer } from "./mcp.ts";
import type { Outlet } from "./stdout.ts";
import { StdioTransport } from "./transport.ts";

export interface ServeOptions {
  readonly outlet: Outlet;
  readonly version: string;
  readonly openSequencer: () => Promise<Sequencer>;
}

/** Clients wait about two seconds after they close stdin before they send a signal. */
const FINISH_MS = 1_500;
/** For the sequencer to let go. */
const DISPOSE_MS = 3_000;

/** Resolves when the server answers; the process ends by itself. */
export async function serve({ outlet, version, openSequencer }: ServeOptions): Promise<void> {
  const mcp = createMcpServer({ version, openSequencer, report });
  let ending = false;

  async function end(finishMs: number): Promise<void> {
    if (ending) return;
    ending = true;
    await within(finishMs, mcp.settled());
    await within(
      DISPOSE_MS,
      mcp.dispose().catch((error) => report(`while ending: ${String(error)}`)),
    );
    await within(finishMs, new Promise<void>((written) => void outlet.write("", written)));
    process.exit(0);
  }

  process.on("uncaughtException", (error) => report(`uncaught: ${error.stack ?? String(error)}`));
  process.on("unhandledRejection", (reason) => {
    report(`unhandled: ${reason instanceof Error ? reason.stack : String(reason)}`);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => (ending ? process.exit(0) : void end(0)));
  }
  // Whoever read our reports is gone: nothing can be reported any more.
  process.stderr.on("error", () => {});
  outlet.onError(() => void end(0));
  process.stdin.on("end", () => void end(FINISH_MS));
  process.stdin.on("close", () => void end(FINISH_MS));
  process.stdin.on("error", () => void end(0));

  await mcp.connect(new StdioTransport(process.stdin, outlet));
}

function report(line: string): void {
  process.stderr.write(`agent-sequencer: ${line}\n`);
}

/** Waits for `work`, but no longer than `ms`. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
