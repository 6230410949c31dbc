/**
 * A process that races on one log (see `races.test.ts`): appends batches, says on stdout what it has won and
 * synced, and now and then dies in the middle of a write.
 *
 * Arguments: state folder, instance id, name, seed, how many writes of 1,000 are cut by death.
 */

import fs from "node:fs";
import type { Event } from "../../src/engine/event.ts";
import { isKnownEventType } from "../../src/engine/event.ts";
import type { LogFiles } from "../../src/log/log-files.ts";
import { createLogStore } from "../../src/log/log-store.ts";
import { randomFrom } from "./random.ts";

const LARGEST_BATCH = 4;
const LONGEST_TEXT = 6000;

const [stateDir, instanceId, name, seed, deaths] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const random = randomFrom(Number(seed));

const files: LogFiles = {
  ...fs,
  writeSync(fd, bytes) {
    if (random(1000) < Number(deaths)) {
      fs.writeSync(fd, bytes.subarray(0, random(bytes.length + 1)));
      process.kill(process.pid, "SIGKILL");
    }
    return fs.writeSync(fd, bytes);
  },
};

const log = createLogStore({ stateDir, isKnownType: isKnownEventType, formatVersion: 1, files }).open(
  instanceId,
);
for (let batch = 0; ; batch++) {
  for await (const _ of log.readOn());
  const size = 1 + random(LARGEST_BATCH);
  const names = Array.from({ length: size }, (_, i) => `${name}/${batch}/${i}/${size}`);
  const at = new Date().toISOString();
  const events = names.map(
    (event): Event => ({
      type: "signal_received",
      at,
      name: event,
      value: '{ "seq":'.repeat(random(random(LONGEST_TEXT)) / 8),
    }),
  );
  if (log.append(events) === undefined) continue;
  await log.sync();
  fs.writeSync(1, `${names.join("\n")}\n`);
}
