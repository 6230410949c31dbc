/**
 * Preloaded into a server under test: writes down, in their order, the writes and syncs of logs and the
 * answers on stdout. The record goes to the file named by RECORD_IO, past the functions it watches.
 */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  const { openSync, writeSync, fdatasync, fsync } = fs;
  const out = openSync(process.env.RECORD_IO, "a");
  const note = (line) => writeSync(out, `${line}\n`);
  const logs = new Map();

  fs.openSync = (path, ...rest) => {
    const fd = openSync(path, ...rest);
    if (String(path).endsWith(".jsonl")) logs.set(fd, path);
    else logs.delete(fd);
    return fd;
  };
  fs.writeSync = (fd, ...rest) => {
    if (logs.has(fd)) note("write");
    return writeSync(fd, ...rest);
  };
  const { fdatasyncSync } = fs;
  fs.fdatasyncSync = (fd) => {
    fdatasyncSync(fd);
    if (logs.has(fd)) note("sync");
  };
  for (const [name, original] of Object.entries({ fdatasync, fsync })) {
    fs[name] = (fd, done) =>
      original(fd, (error) => {
        if (logs.has(fd)) note("sync");
        done(error);
      });
  }
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (chunk, ...rest) => {
    if (String(chunk).includes('"result"')) note("answer");
    return write(chunk, ...rest);
  };
  syncBuiltinESMExports();
}
