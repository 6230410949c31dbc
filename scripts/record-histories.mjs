/**
 * Records the histories of the version in package.json, with the built server, into tests/histories/<version>/.
 *
 *     npm run record:histories                   all scenarios of tests/histories/scenarios.ts
 *     npm run record:histories -- chance groups  those whose name has "chance" or "groups"
 *     npm run record:histories -- --force        also where they are recorded already
 *
 * H1. What is recorded stays: it is what later versions are held to. Only before a release is it made anew.
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { CLI, copyState, EXPORT, HISTORIES, withoutId } from "../tests/histories/recorded.ts";
import { SCENARIOS } from "../tests/histories/scenarios.ts";
import { Stage } from "../tests/histories/stage.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const { values, positionals } = read();
const names = Object.keys(SCENARIOS).filter(
  (name) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
if (names.length === 0) {
  process.stderr.write(`no scenario has ${positionals.join(" or ")} in its name\n`);
  process.exit(2);
}
const target = join(HISTORIES, version);
const existing = names.filter((name) => existsSync(join(target, name)));
if (existing.length > 0 && !values.force) {
  const which = existing.length === names.length ? `the histories of ${version}` : existing.join(", ");
  process.stderr.write(
    `${relative(process.cwd(), target)} has ${which} already; --force records them anew\n`,
  );
  process.exit(1);
}
if (values.force && positionals.length === 0) rmSync(target, { recursive: true, force: true });
for (const name of names) {
  await record(name);
  process.stdout.write(`${name}\n`);
}

async function record(name) {
  const stage = new Stage();
  try {
    await SCENARIOS[name](stage);
    const told = await stage.current();
    await stage.close();
    const folder = join(target, name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    copyState(stage.sandbox.stateDir, join(folder, "state"));
    const { id, further, isStuck, isExported } = stage;
    if (isExported) exportTo(join(folder, EXPORT), stage);
    const expected = {
      instance_id: id,
      told,
      ...(isStuck && { stuck: true }),
      ...(further.length > 0 && { further, afterwards: withoutId(await goOn(stage)) }),
    };
    writeFileSync(join(folder, "expected.json"), `${JSON.stringify(expected, null, 1)}\n`);
  } finally {
    await stage.close().catch(() => {});
    stage.sandbox.remove();
  }
}

function exportTo(file, { id, sandbox }) {
  execFileSync(process.execPath, [CLI, "export", id, "--out", file], { env: sandbox.env, stdio: "ignore" });
}

/** The run is recorded; here it goes on, to say what must come of it. */
async function goOn(stage) {
  await stage.open();
  for (const { tool, args } of stage.further) await stage.call(tool, { instance_id: stage.id, ...args });
  const answer = await stage.settled();
  await stage.close();
  return answer;
}

function read() {
  try {
    return parseArgs({ allowPositionals: true, options: { force: { type: "boolean" } } });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
