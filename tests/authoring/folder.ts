/** Folders that go when the test, or the file of tests, is over. */

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";

const withFile: string[] = [];
afterAll(() => {
  for (const folder of withFile) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(until: "onTestFinished" | "afterAll" = "onTestFinished"): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "agent-sequencer-authoring-")));
  if (until === "afterAll") withFile.push(folder);
  else onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
