/** What changed on disk, by looking: a hash of the git diff and of every untracked file. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * For use inside a side effect.
 *
 * @param ignored folder whose files do not count: the review's own output
 * @throws Error outside a git repository, saying so
 */
export async function hashOfChanges(projectDir: string, target: string, ignored: string): Promise<string> {
  const git = async (...args: string[]) => {
    const { stdout } = await run("git", args, { cwd: projectDir, maxBuffer: 1 << 28, encoding: "buffer" });
    return stdout;
  };
  const paths = ["--", target, `:(exclude)${ignored}`];
  const hash = createHash("sha256");
  try {
    hash.update(await git("rev-parse", "HEAD").catch(() => Buffer.from("no commit yet")));
    hash.update(
      await git("diff", "--binary", "HEAD", ...paths).catch(() => git("diff", "--binary", ...paths)),
    );
    const untracked = (await git("ls-files", "--others", "--exclude-standard", "-z", ...paths)).toString();
    for (const file of untracked.split("\0").filter(Boolean).sort()) {
      hash.update(`\0${file}\0`);
      hash.update(await readFile(join(projectDir, file)).catch(() => Buffer.from("unreadable")));
    }
  } catch (cause) {
    throw new Error(
      `review-rounds tells what changed by git, which failed in ${projectDir}: ${(cause as Error).message}`,
      { cause },
    );
  }
  return hash.digest("hex");
}
