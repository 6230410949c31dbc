/** The entries of threads and processes, bundled from the sources as they are, as the build does it. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll } from "vitest";
// @ts-expect-error scripts have no declarations.
import { bundle } from "../../scripts/build/bundle.mjs";

export interface Entries {
  readonly probe: URL;
  readonly host: URL;
  readonly guard: URL;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Builds before the tests of the file, once. */
export function builtEntries(): () => Entries {
  let dist = "";
  beforeAll(async () => {
    dist = mkdtempSync(join(tmpdir(), "agent-sequencer-probe-"));
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    await bundle({ root, dist, version });
  });
  afterAll(() => rmSync(dist, { recursive: true, force: true }));
  const entry = (name: string) => pathToFileURL(join(dist, name));
  return () => ({ probe: entry("probe.js"), host: entry("host.js"), guard: entry("guard.js") });
}
