import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { HISTORIES } from "./recorded.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

it("what a version has recorded is not recorded again unless it is forced", () => {
  const before = readdirSync(join(HISTORIES, version), { recursive: true }).toSorted();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "scripts/record-histories.mjs"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("--force") });
  expect(readdirSync(join(HISTORIES, version), { recursive: true }).toSorted()).toEqual(before);
});

it("a scenario that it does not know is an error", () => {
  const args = ["--import", "tsx", "scripts/record-histories.mjs", "no-such-scenario"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining("no-such-scenario") });
});
