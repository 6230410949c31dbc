/** What `dist/` holds of others: every package is named with its version and its licence, which is of a known kind. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** May be passed on with their text, whatever the product's own licence. */
const KNOWN = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD", "BlueOak-1.0.0"]);

interface Notice {
  readonly title: string;
  readonly licence: string;
  readonly text: string;
}

let packages: Map<string, string>;
let noticed: Notice[];

beforeAll(async () => {
  const dist = mkdtempSync(join(tmpdir(), "agent-sequencer-notices-"));
  try {
    const { bundle } = await import(new URL("../../scripts/build/bundle.mjs", import.meta.url).href);
    const { inputs } = await bundle({ root, dist, version: "0.0.0" });
    packages = packagesOf(inputs);
  } finally {
    rmSync(dist, { recursive: true });
  }
  noticed = noticesIn(readFileSync(join(root, "dist", "THIRD-PARTY-NOTICES"), "utf8"));
});
/** "name version" -> licence, read from where the bundled files lie. */
function packagesOf(inputs: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const input of inputs) {
    const at = input.lastIndexOf("node_modules/");
    if (at === -1) continue;
    const parts = input.slice(at + "node_modules/".length).split("/");
    const name = parts.slice(0, parts[0]!.startsWith("@") ? 2 : 1).join("/");
    const file = join(root, input.slice(0, at), "node_modules", name, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    found.set(`${manifest.name} ${manifest.version}`, manifest.license);
  }
  return found;
}

function noticesIn(text: string): Notice[] {
  return text
    .split(`\n${"-".repeat(80)}\n\n`)
    .slice(1)
    .map((part) => {
      const [title = "", licence = "", , ...lines] = part.split("\n");
      return { title, licence: licence.replace("Licence: ", ""), text: lines.join("\n").trim() };
    });
}

describe("dist/THIRD-PARTY-NOTICES", () => {
  it("names every package of which a file is bundled, and no other", () => {
    expect(packages.size).toBeGreaterThan(10);
    expect(noticed.map(({ title }) => title).sort()).toEqual([...packages.keys()].sort());
  });

  it("says of each under which licence it comes, as the package itself does", () => {
    for (const { title, licence } of noticed) expect(licence, title).toBe(packages.get(title));
  });

  it("knows no licence of another kind than those that may be passed on with their text", () => {
    for (const { title, licence } of noticed) expect(KNOWN, title).toContain(licence);
  });

  it("holds the text of each licence, with whose copyright it is", () => {
    for (const { title, text } of noticed) {
      expect(text.length, title).toBeGreaterThan(500);
      expect(text, title).toMatch(/copyright/i);
    }
  });
});
