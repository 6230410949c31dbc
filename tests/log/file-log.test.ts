import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { isKnownEventType } from "../../src/engine/event.ts";
import { createLogStore } from "../../src/log/log-store.ts";
import { describeLogStore } from "./contract.ts";
import { MemoryFiles } from "./memory-files.ts";
import { storeOver } from "./memory-log.ts";

describeLogStore("The JSONL files of a folder", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sequencer-log-"));
  const stateDir = path.join(folder, "state");
  const store = () => createLogStore({ stateDir, isKnownType: isKnownEventType, formatVersion: 1 });
  return { here: store(), there: store(), dispose: () => fs.rmSync(folder, { recursive: true }) };
});

describeLogStore("The JSONL files of the memory that other tests use", () => {
  const files = new MemoryFiles();
  return { here: storeOver(files), there: storeOver(files), dispose() {} };
});
