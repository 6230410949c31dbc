/** The entry files of threads and processes, built from the sources as they are. */

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
// @ts-expect-error scripts have no declarations.
import { bundle } from "../../scripts/build/bundle.mjs";

export interface Entries {
  readonly hostEntry: URL;
  readonly guardEntry: URL;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
let built: Promise<Entries> | undefined;

export function buildEntries(): Promise<Entries> {
  built ??= (async () => {
    const dist = mkdtempSync(join(tmpdir(), "effects-dist-"));
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    await bundle({ root, dist, version });
    return entriesIn(dist);
  })();
  return built;
}

export function entriesIn(dist: string): Entries {
  const entry = (name: string) => pathToFileURL(join(dist, name));
  return { hostEntry: entry("host.js"), guardEntry: entry("guard.js") };
}
