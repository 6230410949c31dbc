/**
 * The orders by which a server's disk fails. They stand in a file, so that a test can change them at any time:
 *
 *     { "id": 3, "calls": ["write"], "from": 2, "errno": "ENOSPC", "cut": 0.5, "times": 1 }
 *
 * O1. From the `from`th of these calls on (counted anew for every `id`), `times` of them fail; all, if not said.
 * O2. With `cut`, the first of them is a write that is only so much of itself, without an error.
 * O3. A file `<orders>.hit` says which calls were failed, one a line. No file of orders: nothing fails.
 */

import { untouched } from "./disk-calls.mjs";

const WORDS = {
  ENOSPC: "no space left on device",
  EIO: "i/o error",
  EMFILE: "too many open files",
  EACCES: "permission denied",
};

const LONGEST = 4096;

export function failing(file) {
  let current;
  let seen = 0;
  return (call) => {
    const orders = readOrders(file);
    if (orders === undefined || !orders.calls.includes(call.name)) return undefined;
    if (orders.id !== current) {
      current = orders.id;
      seen = 0;
    }
    seen++;
    const { from, times = Number.POSITIVE_INFINITY, cut, errno } = orders;
    if (seen < from || seen >= from + times) return undefined;
    append(`${file}.hit`, `${orders.id} ${call.name} ${call.path}\n`);
    if (seen === from && cut !== undefined && call.name === "write") {
      return Math.floor(call.bytes.length * cut);
    }
    throw Object.assign(new Error(`${errno}: ${WORDS[errno]}, ${call.name} '${call.path}'`), {
      code: errno,
      syscall: call.name,
      path: call.path,
    });
  };
}

// Only with calls that make no others of `node:fs`, which would be heard of in turn.
function readOrders(file) {
  try {
    const bytes = Buffer.alloc(LONGEST);
    const fd = untouched.openSync(file, "r");
    const length = untouched.readSync(fd, bytes, 0, LONGEST, 0);
    untouched.closeSync(fd);
    return JSON.parse(bytes.toString("utf8", 0, length));
  } catch {
    return undefined;
  }
}

function append(file, line) {
  const fd = untouched.openSync(file, "a");
  untouched.writeSync(fd, line);
  untouched.closeSync(fd);
}
