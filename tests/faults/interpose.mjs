/**
 * Preloaded into a server under test (`node --import`): lets its disk fail, and the server die, at chosen calls.
 *
 * `DISK` in the environment is JSON, each part optional:
 *
 *     { "folder": "/tmp/x/state",
 *       "kill": { "at": 12, "when": "before" },  SIGKILL at its 12th call that changes or syncs anything;
 *                                                "after": done, but not answered; 0.5: half a write is written.
 *                                                "event" instead of "at": where it writes the first of that type
 *       "trace": "/tmp/x/trace",                 writes down every call and every answer, for power-loss.ts
 *       "orders": "/tmp/x/orders" }              a file that is read at each call, see `failing.mjs`
 */

import { isMainThread } from "node:worker_threads";
import { interpose, untouched } from "./disk-calls.mjs";
import { failing } from "./failing.mjs";
import { traceEffects, tracing } from "./tracing.mjs";

const { folder, kill, trace, orders } = JSON.parse(process.env.DISK);

if (!isMainThread && trace !== undefined) traceEffects(trace);
if (isMainThread) {
  const tracer = trace === undefined ? undefined : tracing(trace);
  const fails = orders === undefined ? undefined : failing(orders);
  let count = 0;

  await interpose(folder, {
    about(call) {
      if (call.name !== "open" && call.name !== "read") {
        count++;
        call.count = count;
        call.isLast = kill !== undefined && isPoint(call);
        if (call.isLast && kill.when !== "after") dieAt(call);
      }
      const verdict = fails?.(call);
      tracer?.about(call);
      return verdict;
    },
    done(call) {
      tracer?.done(call);
      if (call.isLast) die();
    },
  });

  function isPoint(call) {
    if (kill.event === undefined) return call.count === kill.at;
    return call.name === "write" && call.bytes.includes(`"type":"${kill.event}","at"`);
  }

  function dieAt(call) {
    if (typeof kill.when === "number" && call.name === "write") {
      const part = call.bytes.subarray(0, Math.floor(call.bytes.length * kill.when));
      tracer?.about({ ...call, bytes: part });
      untouched.writeSync(call.fd, part, 0, part.length, call.position ?? null);
    }
    die();
  }
}

function die() {
  process.kill(process.pid, "SIGKILL");
  // Where the signal takes its time, nothing more is done.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
