/** That every patch still fits: what each proves is for `npm run test:mutants`, which takes minutes. */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = import.meta.dirname;
const patches = readdirSync(folder).filter((file) => file.endsWith(".patch"));

describe("every mutant", () => {
  it.each(patches)("%s says what it takes out, names a test that is there, and applies", (patch) => {
    const text = readFileSync(join(folder, patch), "utf8");
    expect(text).toMatch(/^Protection: \S.+\nTest: \S+ > \S.+\n\n/);
    const [, file] = /^Test: (\S+) > .+$/m.exec(text)!;
    expect(existsSync(join(root, file!)), `${file} is there`).toBe(true);
    const changed = [...text.matchAll(/^\+\+\+ b\/(\S+)/gm)].map(([, path]) => path!);
    expect(changed.filter((path) => !path.startsWith("src/"))).toEqual([]);
    const { status, stderr } = spawnSync("git", ["apply", "--check", join(folder, patch)], {
      cwd: root,
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
  });
});
