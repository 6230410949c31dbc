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
    untouched.appendFileSync(`${file}.hit`, `${orders.id} ${call.name} ${call.path}\n`);
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

function readOrders(file) {
  try {
    return JSON.parse(untouched.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
