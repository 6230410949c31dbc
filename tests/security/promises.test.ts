/** `SECURITY.md` and its tests: no promise without one, and none of ours that holds no promise. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("SECURITY.md", root), "utf8");
const promises = page
  .slice(page.indexOf("## What is promised"))
  .split(/^- /m)
  .slice(1)
  .map((text) => ({
    name: /^\*\*(.+?)\*\*/.exec(text)?.[1] ?? text.slice(0, 40),
    tests: [...text.slice(text.indexOf("Held by")).matchAll(/`(tests\/[^`]+)`/g)].map(([, file]) => file!),
  }));

describe("what SECURITY.md promises", () => {
  it.each(promises)("is held by tests that there are: $name", ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const file of tests) expect(existsSync(new URL(file, root)), file).toBe(true);
  });

  it("is all that the tests of this folder hold", () => {
    const named = new Set(promises.flatMap(({ tests }) => tests));
    const here = readdirSync(new URL(".", import.meta.url)).filter((file) => file.endsWith(".test.ts"));
    const without = here.filter((file) => !named.has(`tests/security/${file}`));
    expect(without).toEqual([basename(import.meta.url)]);
  });
});
