/** What may stand in a file's place, beside files. */

import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The content of the one file that some of them lead to. */
export const PRECIOUS = "precious-91b2\n";

/** Each puts something into the place of `path`. */
export type Intruders = Readonly<Record<string, (path: string) => void>>;

/** @param outside made here, with `precious.txt` in it, which must be there afterwards as it was, and alone */
export function intrudersFrom(outside: string): Intruders {
  const precious = join(outside, "precious.txt");
  mkdirSync(outside);
  writeFileSync(precious, PRECIOUS);
  return {
    "a link to a file elsewhere": (path) => symlinkSync(precious, path),
    "a link that leads nowhere": (path) => symlinkSync(join(outside, "missing"), path),
    "a link to itself": (path) => symlinkSync(path, path),
    "a link to an endless device": (path) => symlinkSync("/dev/zero", path),
    "a folder": (path) => mkdirSync(path),
    "a pipe": makePipe,
    "a link to a pipe": (path) => {
      makePipe(`${path}-pipe`);
      symlinkSync(`${path}-pipe`, path);
    },
  };
}

export function makePipe(path: string): void {
  execFileSync("mkfifo", [path]);
}
