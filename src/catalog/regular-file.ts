/** Files of the state folder, read without waiting for what only stands in a file's place. */

import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Of what is no regular file, beside `EISDIR` and `ELOOP` (a symbolic link), which the system gives. */
export const NOT_REGULAR = "ENOTREG";

/** @throws the file system's error, or one with code `NOT_REGULAR`: a pipe would be waited for without end */
export function readRegularFile(path: string): Buffer {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw Object.assign(new Error("not a regular file"), { code: NOT_REGULAR });
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
