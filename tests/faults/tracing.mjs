/**
 * Writes down, in their order, what a server does to its disk and what it answers: JSON, one record a line.
 *
 *     { "process": 4711 }                                  begins every process: its file descriptors are new
 *     { "call": 7, "name": "write", "fd": 21, "bytes": … } has begun; bytes in base64;
 *                                                          `count` is how interpose.mjs counts it
 *     { "done": 7, "fd": 21 }                              has done its work
 *     { "answer": "next:3", "result": … }                  leaves on stdout
 *     { "effect": "alone 1\n" }                            a side effect is about to append this to a file
 */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { untouched } from "./disk-calls.mjs";

export function tracing(file) {
  const note = noteTo(file);
  note({ process: process.pid });

  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (chunk, ...rest) => {
    for (const line of String(chunk).split("\n").filter(Boolean)) {
      const { id, result } = JSON.parse(line);
      if (id !== undefined && result !== undefined) note({ answer: id, result });
    }
    return write(chunk, ...rest);
  };

  let calls = 0;
  return {
    about(call) {
      calls++;
      call.traced = calls;
      const { name, path, to, fd, bytes, position, count } = call;
      note({ call: calls, count, name, path, to, fd, bytes: bytes?.toString("base64"), position });
    },
    done(call) {
      if (call.traced !== undefined) note({ done: call.traced, fd: call.fd });
    },
  };
}

/** In the thread that runs programs. */
export function traceEffects(file) {
  const note = noteTo(file);
  fs.appendFileSync = (path, text, ...rest) => {
    note({ effect: text });
    return untouched.appendFileSync(path, text, ...rest);
  };
  syncBuiltinESMExports();
}

function noteTo(file) {
  const out = untouched.openSync(file, "a");
  return (record) => untouched.writeSync(out, `${JSON.stringify(record)}\n`);
}
