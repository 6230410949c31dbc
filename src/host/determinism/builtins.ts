/**
 * The modules of Node as programs and their packages see them.
 *
 * B1. Pure modules are given as they are. All others are facades, those included that Node adds some day.
 * B2. Facades are made anew for each evaluation: what a package changes in a module (`fs`, made more
 *     patient) changes it for its own instance.
 */

import * as realCrypto from "node:crypto";
import { createRequire, isBuiltin } from "node:module";
import { isatty } from "node:tty";
import { type FacadeRules, facadeOf } from "./facade.ts";
import { refuseInTurn, turnOfCaller } from "./turn.ts";

const real = createRequire(import.meta.url);

const PURE = new Set(
  (
    "assert assert/strict async_hooks buffer console constants diagnostics_channel events path path/posix " +
    "path/win32 punycode querystring stream stream/consumers stream/promises stream/web string_decoder " +
    "sys url util util/types"
  ).split(" "),
);

/** What is drawn in a turn comes from the scope's stream. The real functions judge the arguments first. */
const SEEDED_CRYPTO: FacadeRules = {
  allow:
    /^(create(Hash|Hmac|Cipheriv|Decipheriv|SecretKey|PublicKey|PrivateKey|Verify)|(pbkdf2|scrypt|hkdf|argon2)Sync|hash|verify|timingSafeEqual|get(Hashes|Ciphers|Curves|CipherInfo)|KeyObject|X509Certificate)$/,
  replace: {
    get webcrypto() {
      return globalThis.crypto;
    },
    get subtle() {
      return globalThis.crypto.subtle;
    },
    get getRandomValues() {
      return globalThis.crypto.getRandomValues;
    },
    randomUUID: (options?: realCrypto.RandomUUIDOptions) =>
      turnOfCaller("crypto.randomUUID")?.chance().uuid() ?? realCrypto.randomUUID(options),
    randomBytes(size: number, callback?: (error: Error | null, bytes: Buffer) => void) {
      if (callback !== undefined) {
        refuseInTurn("crypto.randomBytes with a callback");
        return realCrypto.randomBytes(size, callback);
      }
      const bytes = realCrypto.randomBytes(size);
      turnOfCaller("crypto.randomBytes")?.chance().fill(bytes);
      return bytes;
    },
    randomFillSync(target: NodeJS.ArrayBufferView, offset = 0, size?: number) {
      if (size === undefined) realCrypto.randomFillSync(target, offset);
      else realCrypto.randomFillSync(target, offset, size);
      const unit = "BYTES_PER_ELEMENT" in target ? (target.BYTES_PER_ELEMENT as number) : 1;
      const bytes = ArrayBuffer.isView(target)
        ? new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
        : new Uint8Array(target as ArrayBuffer);
      const end = size === undefined ? bytes.length : (offset + size) * unit;
      turnOfCaller("crypto.randomFillSync")
        ?.chance()
        .fill(bytes.subarray(offset * unit, end));
      return target;
    },
    randomInt(...parameters: [number, number?, unknown?]) {
      if (typeof parameters.at(-1) === "function") refuseInTurn("crypto.randomInt with a callback");
      const drawn = Reflect.apply(realCrypto.randomInt, undefined, parameters) as number;
      const [min, max] = parameters[1] === undefined ? [0, parameters[0]] : [parameters[0], parameters[1]];
      return turnOfCaller("crypto.randomInt")?.chance().integer(min, max) ?? drawn;
    },
  },
};

const RULES: { readonly [module: string]: FacadeRules } = {
  crypto: SEEDED_CRYPTO,
  http: { allow: /^validateHeader(Name|Value)$/ },
  net: { allow: /^isIP(v4|v6)?$/ },
  os: { allow: /^(platform|arch|type|endianness)$/ },
  perf_hooks: {
    replace: {
      get performance() {
        return globalThis.performance;
      },
    },
  },
  timers: { allow: /^clear(Timeout|Interval|Immediate)$/ },
  // Packages ask before they write in colour.
  tty: { replace: { isatty: (fd: number) => turnOfCaller() === undefined && isatty(fd) } },
  v8: { allow: /^(de)?serialize$/ },
  // The port leads to the server, and is the host's alone.
  worker_threads: { replace: { isMainThread: true, parentPort: null, threadId: 0, workerData: null } },
  zlib: { allow: /Sync$|^crc32$/ },
};

/** For one evaluation of a program: what its imports of Node's modules give. */
export function createBuiltins(): (specifier: string) => unknown {
  const facades = new Map<string, unknown>();

  const requireBuiltin = (specifier: string): unknown => {
    const name = specifier.replace(/^node:/, "");
    if (PURE.has(name)) return real(specifier);
    if (name === "process") return globalThis.process;
    let facade = facades.get(name);
    if (facade === undefined) {
      const rules = name === "module" ? moduleRules : RULES[name];
      facade = facadeOf(name, real(specifier) as object, rules);
      facades.set(name, facade);
    }
    return facade;
  };

  const moduleRules: FacadeRules = {
    allow: /^(isBuiltin|SourceMap)$/,
    replace: {
      createRequire(from: string | URL) {
        const require = createRequire(from);
        const load = (specifier: string): unknown => {
          if (isBuiltin(specifier)) return requireBuiltin(specifier);
          refuseInTurn(`require("${specifier}")`);
          return require(specifier);
        };
        return Object.assign(load, { resolve: require.resolve, cache: require.cache, main: undefined });
      },
    },
  };
  return requireBuiltin;
}
