/** `docs/errors.md` against the table of codes, both ways. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERROR_FIXES } from "../../src/errors.ts";

const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")), section.split(/^## /m)[0]!]),
);

test("every code has a section, and every section a code, in one order", () => {
  expect([...sections.keys()]).toEqual(Object.keys(ERROR_FIXES));
});

test.each(Object.keys(ERROR_FIXES))("the section of %s says what it means, its cause and its fix", (code) => {
  const [, meaning, cause, fix, ...more] = sections.get(code)!.trim().split(/\n\n/);
  expect(meaning).toMatch(/^[A-Z].*\.$/s);
  expect(cause).toMatch(/^Cause: .+\.$/s);
  expect(fix).toMatch(/^Fix: .+\.$/s);
  expect(more).toEqual([]);
});

test("links to other sections lead there", () => {
  const links = [...page.matchAll(/\]\(#(\w+)\)/g)].map(([, target]) => target);
  const headings = [...sections.keys()].map((code) => code.toLowerCase());
  expect(links.filter((target) => !headings.includes(target!))).toEqual([]);
});
