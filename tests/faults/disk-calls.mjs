/**
 * Stands between a server and `node:fs`: an observer hears of every call that changes the disk under one
 * folder, or makes it durable, before it is made and after it has succeeded.
 *
 * D1. `about(call)` may end the process, throw what the call then fails with, or return how many bytes of a
 *     write are taken. `done(call)` comes once the call has done its work, before its caller hears of it.
 * D2. A call that writes a whole file is the calls that it consists of, whichever way Node has to make them.
 * D3. Only the main thread: what a program does in its worker is the outside world, not the server's disk.
 *
 * A call is `{ name, path, to?, fd?, bytes?, position? }`; the names are `create`, `open`, `read`, `write`,
 * `sync`, `mkdir`, `chmod`, `link`, `rename`, `unlink` and `rm`. A `read` is of a whole file or folder, by its
 * path; `create` and `open` have their `fd` when they are done.
 */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const original = { ...fs };
const originalPromises = { ...fs.promises };
const { O_CREAT } = fs.constants;

/** The functions as Node made them, for observers. */
export const untouched = original;

/** @param folder absolute; calls elsewhere are not told */
export async function interpose(folder, { about, done }) {
  const paths = new Map();
  const concerns = (path) => typeof path === "string" && (path === folder || path.startsWith(`${folder}/`));

  /** `make(bytes)` makes the call. */
  const around = (call, make) => {
    const verdict = about(call);
    if (typeof verdict === "number") return shortened(call, verdict, make);
    const result = make(call.bytes);
    done(call);
    return result;
  };
  const aroundAsync = async (call, make) => {
    const verdict = about(call);
    if (typeof verdict === "number") return shortened(call, verdict, make);
    const result = await make(call.bytes);
    done(call);
    return result;
  };
  const shortened = (call, length, make) => make(call.bytes.subarray(0, length));

  const nameOfOpen = (flags) => {
    const creates = typeof flags === "number" ? (flags & O_CREAT) !== 0 : /[wa]/.test(flags ?? "r");
    return creates ? "create" : "open";
  };

  fs.openSync = (path, flags, mode) => {
    if (!concerns(path)) {
      const fd = original.openSync(path, flags, mode);
      paths.delete(fd);
      return fd;
    }
    const call = { name: nameOfOpen(flags), path };
    return around(call, () => {
      call.fd = original.openSync(path, flags, mode);
      paths.set(call.fd, path);
      return call.fd;
    });
  };
  fs.closeSync = (fd) => {
    paths.delete(fd);
    original.closeSync(fd);
  };
  fs.writeSync = (fd, data, ...rest) => {
    if (!paths.has(fd)) return original.writeSync(fd, data, ...rest);
    const bytes = Buffer.from(data);
    return around({ name: "write", path: paths.get(fd), fd, bytes }, (part) => original.writeSync(fd, part));
  };
  fs.writeFileSync = (path, data, options) => {
    if (!concerns(path)) return original.writeFileSync(path, data, options);
    const fd = fs.openSync(path, options?.flag ?? "w", options?.mode);
    try {
      for (let rest = Buffer.from(data); rest.length > 0; ) rest = rest.subarray(fs.writeSync(fd, rest));
    } finally {
      fs.closeSync(fd);
    }
  };
  for (const name of ["fdatasyncSync", "fsyncSync"]) {
    fs[name] = (fd) => {
      if (!paths.has(fd)) return original[name](fd);
      return around({ name: "sync", path: paths.get(fd), fd }, () => original[name](fd));
    };
  }
  for (const name of ["fdatasync", "fsync"]) {
    fs[name] = (fd, callback) => {
      if (!paths.has(fd)) return original[name](fd, callback);
      const make = () =>
        new Promise((resolve, reject) => original[name](fd, (error) => (error ? reject(error) : resolve())));
      aroundAsync({ name: "sync", path: paths.get(fd), fd }, make).then(
        () => callback(null),
        (error) => callback(error),
      );
    };
  }

  const byPath = [
    ["mkdirSync", "mkdir"],
    ["chmodSync", "chmod"],
    ["linkSync", "link"],
    ["renameSync", "rename"],
    ["unlinkSync", "unlink"],
    ["rmSync", "rm"],
    ["readFileSync", "read"],
    ["readdirSync", "read"],
  ];
  for (const [method, name] of byPath) {
    fs[method] = (path, ...rest) => {
      const make = () => original[method](path, ...rest);
      return concerns(path) ? around(callOf(name, path, rest), make) : make();
    };
    const later = method.replace("Sync", "");
    fs.promises[later] = (path, ...rest) => {
      const make = () => originalPromises[later](path, ...rest);
      return concerns(path) ? aroundAsync(callOf(name, path, rest), make) : make();
    };
  }

  fs.promises.open = (path, flags, mode) => {
    if (!concerns(path)) return originalPromises.open(path, flags, mode);
    const call = { name: nameOfOpen(flags), path };
    return aroundAsync(call, async () => {
      const handle = await originalPromises.open(path, flags, mode);
      call.fd = handle.fd;
      paths.set(call.fd, path);
      return handle;
    });
  };
  await interposeHandles(paths, aroundAsync);
  syncBuiltinESMExports();
}

function callOf(name, path, [to]) {
  return name === "link" || name === "rename" ? { name, path, to } : { name, path };
}

/** The methods of what `fs/promises` opens. */
async function interposeHandles(paths, around) {
  const handle = await originalPromises.open("/", "r");
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const { write, writeFile, sync, datasync, close } = prototype;

  const writePart = (self, bytes, position) =>
    around({ name: "write", path: paths.get(self.fd), fd: self.fd, bytes, position }, async (part) => {
      return (await write.call(self, part, 0, part.length, position)).bytesWritten;
    });
  prototype.write = async function (buffer, offset, length, position) {
    if (!paths.has(this.fd)) return write.call(this, buffer, offset, length, position);
    const bytesWritten = await writePart(this, buffer.subarray(offset, offset + length), position);
    return { bytesWritten, buffer };
  };
  prototype.writeFile = async function (data, options) {
    if (!paths.has(this.fd)) return writeFile.call(this, data, options);
    let rest = Buffer.from(data);
    while (rest.length > 0) rest = rest.subarray(await writePart(this, rest));
  };
  for (const [method, make] of Object.entries({ sync, datasync })) {
    prototype[method] = function () {
      if (!paths.has(this.fd)) return make.call(this);
      return around({ name: "sync", path: paths.get(this.fd), fd: this.fd }, () => make.call(this));
    };
  }
  prototype.close = function () {
    paths.delete(this.fd);
    return close.call(this);
  };
}
