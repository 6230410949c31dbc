/** The probe's entry, bundled from the sources as they are, as the build does it. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll } from "vitest";
// @ts-expect-error scripts have no declarations.
import { bundle } from "../../scripts/build/bundle.mjs";
import type { ProbeSettings } from "../../src/authoring/run-probe.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Builds before the tests of the file, once. */
export function builtProbe(): () => ProbeSettings {
  let dist = "";
  beforeAll(async () => {
    dist = mkdtempSync(join(tmpdir(), "agent-sequencer-probe-"));
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    await bundle({ root, dist, version });
  });
  afterAll(() => rmSync(dist, { recursive: true, force: true }));
  return () => ({ entry: pathToFileURL(join(dist, "probe.js")) });
}
