import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  $brand,
  $input,
  $output,
  INVALID,
  NEVER,
  TimePrecision,
  ZodAny,
  ZodArray,
  ZodBase64,
  ZodBase64URL,
  ZodBigInt,
  ZodBigIntFormat,
  ZodBoolean,
  ZodCIDRv4,
  ZodCIDRv6,
  ZodCUID,
  ZodCUID2,
  ZodCatch,
  ZodCodec,
  ZodCompileAsyncError,
  ZodCompileUnsupportedError,
  ZodCreditCard,
  ZodCustom,
  ZodCustomStringFormat,
  ZodDate,
  ZodDefault,
  ZodDiscriminatedUnion,
  ZodE164,
  ZodEmail,
  ZodEmoji,
  ZodEnum,
  ZodError,
  ZodExactOptional,
  ZodFile,
  ZodFirstPartyTypeKind,
  ZodFunction,
  ZodGUID,
  ZodIBAN,
  ZodIPv4,
  ZodIPv6,
  ZodISODate,
  ZodISODateTime,
  ZodISODuration,
  ZodISOTime,
  ZodInstanceOf,
  ZodIntersection,
  ZodIssueCode,
  ZodJWT,
  ZodKSUID,
  ZodLazy,
  ZodLiteral,
  ZodMAC,
  ZodMap,
  ZodMiniAny,
  ZodMiniArray,
  ZodMiniBase64,
  ZodMiniBase64URL,
  ZodMiniBigInt,
  ZodMiniBigIntFormat,
  ZodMiniBoolean,
  ZodMiniCIDRv4,
  ZodMiniCIDRv6,
  ZodMiniCUID,
  ZodMiniCUID2,
  ZodMiniCatch,
  ZodMiniCodec,
  ZodMiniCreditCard,
  ZodMiniCustom,
  ZodMiniCustomStringFormat,
  ZodMiniDate,
  ZodMiniDefault,
  ZodMiniDiscriminatedUnion,
  ZodMiniE164,
  ZodMiniEmail,
  ZodMiniEmoji,
  ZodMiniEnum,
  ZodMiniExactOptional,
  ZodMiniFile,
  ZodMiniFunction,
  ZodMiniGUID,
  ZodMiniIBAN,
  ZodMiniIPv4,
  ZodMiniIPv6,
  ZodMiniISODate,
  ZodMiniISODateTime,
  ZodMiniISODuration,
  ZodMiniISOTime,
  ZodMiniIntersection,
  ZodMiniJWT,
  ZodMiniKSUID,
  ZodMiniLazy,
  ZodMiniLiteral,
  ZodMiniMAC,
  ZodMiniMap,
  ZodMiniNaN,
  ZodMiniNanoID,
  ZodMiniNever,
  ZodMiniNonOptional,
  ZodMiniNull,
  ZodMiniNullable,
  ZodMiniNumber,
  ZodMiniNumberFormat,
  ZodMiniObject,
  ZodMiniOptional,
  ZodMiniPipe,
  ZodMiniPrefault,
  ZodMiniPromise,
  ZodMiniReadonly,
  ZodMiniRecord,
  ZodMiniSet,
  ZodMiniString,
  ZodMiniStringFormat,
  ZodMiniSuccess,
  ZodMiniSymbol,
  ZodMiniTemplateLiteral,
  ZodMiniTransform,
  ZodMiniTuple,
  ZodMiniType,
  ZodMiniULID,
  ZodMiniURL,
  ZodMiniUUID,
  ZodMiniUndefined,
  ZodMiniUnion,
  ZodMiniUnknown,
  ZodMiniVoid,
  ZodMiniXID,
  ZodMiniXor,
  ZodNaN,
  ZodNanoID,
  ZodNever,
  ZodNonOptional,
  ZodNull,
  ZodNullable,
  ZodNumber,
  ZodNumberFormat,
  ZodObject,
  ZodOptional,
  ZodPipe,
  ZodPrefault,
  ZodPreprocess,
  ZodPromise,
  ZodReadonly,
  ZodRealError,
  ZodRecord,
  ZodSet,
  ZodString,
  ZodStringFormat,
  ZodSuccess,
  ZodSymbol,
  ZodTemplateLiteral,
  ZodTransform,
  ZodTuple,
  ZodType,
  ZodULID,
  ZodURL,
  ZodUUID,
  ZodUndefined,
  ZodUnion,
  ZodUnknown,
  ZodVoid,
  ZodXID,
  ZodXor,
  _ZodString,
  _catch,
  _catch2,
  _default,
  _default2,
  _endsWith,
  _enum,
  _enum2,
  _function,
  _function2,
  _gt,
  _gte,
  _includes,
  _instanceof,
  _instanceof2,
  _lazy,
  _length,
  _lowercase,
  _lt,
  _lte,
  _maxLength,
  _maxSize,
  _mime,
  _minLength,
  _minSize,
  _multipleOf,
  _negative,
  _nonnegative,
  _nonpositive,
  _normalize,
  _null,
  _null2,
  _overwrite,
  _positive,
  _properties,
  _property,
  _regex,
  _size,
  _slugify,
  _startsWith,
  _toLowerCase,
  _toUpperCase,
  _trim,
  _undefined,
  _undefined2,
  _uppercase,
  _void,
  _void2,
  any,
  any2,
  array,
  array2,
  base64,
  base642,
  base64url,
  base64url2,
  bigint,
  bigint2,
  boolean,
  boolean2,
  catchall,
  check,
  check2,
  cidrv4,
  cidrv42,
  cidrv6,
  cidrv62,
  clone,
  codec,
  codec2,
  coerce_exports,
  coerce_exports2,
  compile,
  config,
  core_exports,
  creditCard,
  creditCard2,
  cuid,
  cuid2,
  cuid22,
  cuid3,
  currencyCode,
  currencyCode2,
  custom,
  custom2,
  date,
  date2,
  decode,
  decode2,
  decodeAsync,
  decodeAsync2,
  deepPartial,
  deepPartial2,
  describe,
  describe2,
  discriminatedUnion,
  discriminatedUnion2,
  e164,
  e1642,
  email,
  email2,
  emoji,
  emoji2,
  encode,
  encode2,
  encodeAsync,
  encodeAsync2,
  exactOptional,
  exactOptional2,
  exactPartial,
  extend,
  external_exports,
  external_exports2,
  file,
  file2,
  flattenError,
  float32,
  float322,
  float64,
  float642,
  formatError,
  fromJSONSchema,
  getDiscriminatedOption,
  getErrorMap,
  globalRegistry,
  guid,
  guid2,
  hash,
  hash2,
  hex,
  hex2,
  hostname,
  hostname2,
  httpUrl,
  httpUrl2,
  iban,
  iban2,
  input,
  input2,
  int,
  int2,
  int32,
  int322,
  int64,
  int642,
  intersection,
  intersection2,
  invertCodec,
  invertCodec2,
  ipv4,
  ipv42,
  ipv6,
  ipv62,
  iso_exports,
  iso_exports2,
  json,
  json2,
  jwt,
  jwt2,
  keyof,
  keyof2,
  ksuid,
  ksuid2,
  lazy,
  literal,
  literal2,
  locales_exports,
  looseObject,
  looseObject2,
  looseRecord,
  looseRecord2,
  mac,
  mac2,
  map,
  map2,
  memoizer,
  merge,
  meta,
  meta2,
  nan,
  nan2,
  nanoid,
  nanoid2,
  nativeEnum,
  nativeEnum2,
  never,
  never2,
  nonoptional,
  nonoptional2,
  nullable,
  nullable2,
  nullish,
  nullish2,
  number,
  number2,
  object,
  object2,
  omit,
  optional,
  optional2,
  output,
  output2,
  parse,
  parse2,
  parseAsync,
  parseAsync2,
  partial,
  partialRecord,
  partialRecord2,
  pick,
  pipe,
  pipe2,
  prefault,
  prefault2,
  preprocess,
  prettifyError,
  promise,
  promise2,
  readonly,
  readonly2,
  record,
  record2,
  refine,
  refine2,
  regexes_exports,
  registry,
  required,
  safeDecode,
  safeDecode2,
  safeDecodeAsync,
  safeDecodeAsync2,
  safeEncode,
  safeEncode2,
  safeEncodeAsync,
  safeEncodeAsync2,
  safeExtend,
  safeParse,
  safeParse2,
  safeParseAsync,
  safeParseAsync2,
  set,
  set2,
  setErrorMap,
  strictObject,
  strictObject2,
  string,
  string2,
  stringFormat,
  stringFormat2,
  stringbool,
  stringbool2,
  success,
  success2,
  superRefine,
  superRefine2,
  symbol,
  symbol2,
  templateLiteral,
  templateLiteral2,
  toJSONSchema,
  toZod,
  transform,
  transform2,
  treeifyError,
  tuple,
  tuple2,
  uint32,
  uint322,
  uint64,
  uint642,
  ulid,
  ulid2,
  union,
  union2,
  unknown,
  unknown2,
  url,
  url2,
  util_exports,
  uuid,
  uuid2,
  uuidv4,
  uuidv42,
  uuidv6,
  uuidv62,
  uuidv7,
  uuidv72,
  validate,
  validateAsync,
  withParser,
  xid,
  xid2,
  xor,
  xor2
} from "./chunk-2TOUSMBJ.js";
import {
  src_exports
} from "./chunk-R7HU7NFD.js";
import {
  facadeOf,
  importingPackage,
  refuseInTurn,
  turnOfCaller
} from "./chunk-BBFZH3FV.js";
import {
  isProgram
} from "./chunk-CLNJEHAO.js";
import "./chunk-GBZ66VWN.js";
import "./chunk-X2D4U2RG.js";
import {
  createCodeCache,
  linkProgram
} from "./chunk-G32TDBMB.js";
import {
  HEAD_COLUMNS,
  asFunction
} from "./chunk-VFSHRO5Y.js";
import {
  SequencerError
} from "./chunk-J27JKALQ.js";
import {
  __export
} from "./chunk-6E5ESL5F.js";

// src/testing/file.ts
import { realpathSync } from "node:fs";
import { basename, dirname as dirname3, extname as extname2, resolve } from "node:path";
import { fileURLToPath } from "node:url";

// src/host/determinism/builtins.ts
import * as realCrypto from "node:crypto";
import { createRequire, isBuiltin } from "node:module";
import { isatty } from "node:tty";
var real = createRequire(import.meta.url);
var PURE = new Set(
  "assert assert/strict async_hooks buffer console constants diagnostics_channel events path path/posix path/win32 punycode querystring stream stream/consumers stream/promises stream/web string_decoder sys url util util/types".split(" ")
);
var SEEDED_CRYPTO = {
  allow: /^(create(Hash|Hmac|Cipheriv|Decipheriv|SecretKey|PublicKey|PrivateKey|Verify)|(pbkdf2|scrypt|hkdf|argon2)Sync|hash|verify|timingSafeEqual|get(Hashes|Ciphers|Curves|CipherInfo)|KeyObject|X509Certificate)$/,
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
    randomUUID: (options) => turnOfCaller("crypto.randomUUID")?.chance().uuid() ?? realCrypto.randomUUID(options),
    randomBytes(size, callback) {
      if (callback !== void 0) {
        refuseInTurn("crypto.randomBytes with a callback");
        return realCrypto.randomBytes(size, callback);
      }
      const bytes = realCrypto.randomBytes(size);
      turnOfCaller("crypto.randomBytes")?.chance().fill(bytes);
      return bytes;
    },
    randomFillSync(target, offset = 0, size) {
      if (size === void 0) realCrypto.randomFillSync(target, offset);
      else realCrypto.randomFillSync(target, offset, size);
      const unit = "BYTES_PER_ELEMENT" in target ? target.BYTES_PER_ELEMENT : 1;
      const bytes = ArrayBuffer.isView(target) ? new Uint8Array(target.buffer, target.byteOffset, target.byteLength) : new Uint8Array(target);
      const end = size === void 0 ? bytes.length : (offset + size) * unit;
      turnOfCaller("crypto.randomFillSync")?.chance().fill(bytes.subarray(offset * unit, end));
      return target;
    },
    randomInt(...parameters) {
      if (typeof parameters.at(-1) === "function") refuseInTurn("crypto.randomInt with a callback");
      const drawn = Reflect.apply(realCrypto.randomInt, void 0, parameters);
      const [min, max] = parameters[1] === void 0 ? [0, parameters[0]] : [parameters[0], parameters[1]];
      return turnOfCaller("crypto.randomInt")?.chance().integer(min, max) ?? drawn;
    }
  }
};
var RULES = {
  crypto: SEEDED_CRYPTO,
  http: { allow: /^validateHeader(Name|Value)$/ },
  net: { allow: /^isIP(v4|v6)?$/ },
  os: { allow: /^(platform|arch|type|endianness)$/ },
  perf_hooks: {
    replace: {
      get performance() {
        return globalThis.performance;
      }
    }
  },
  timers: { allow: /^clear(Timeout|Interval|Immediate)$/ },
  // Packages ask before they write in colour.
  tty: { replace: { isatty: (fd) => turnOfCaller() === void 0 && isatty(fd) } },
  v8: { allow: /^(de)?serialize$/ },
  // The port leads to the server, and is the host's alone.
  worker_threads: { replace: { isMainThread: true, parentPort: null, threadId: 0, workerData: null } },
  zlib: { allow: /Sync$|^crc32$/ }
};
function createBuiltins() {
  const facades = /* @__PURE__ */ new Map();
  const requireBuiltin = (specifier) => {
    const name = specifier.replace(/^node:/, "");
    if (PURE.has(name)) return real(specifier);
    if (name === "process") return globalThis.process;
    let facade = facades.get(name);
    if (facade === void 0) {
      const rules = name === "module" ? moduleRules : RULES[name];
      facade = facadeOf(name, real(specifier), rules);
      facades.set(name, facade);
    }
    return facade;
  };
  const moduleRules = {
    allow: /^(isBuiltin|SourceMap)$/,
    replace: {
      createRequire(from) {
        const require2 = createRequire(from);
        const load = (specifier) => {
          if (isBuiltin(specifier)) return requireBuiltin(specifier);
          refuseInTurn(`require("${specifier}")`);
          return require2(specifier);
        };
        return Object.assign(load, { resolve: require2.resolve, cache: require2.cache, main: void 0 });
      }
    }
  };
  return requireBuiltin;
}

// src/host/evaluate.ts
import { createRequire as createRequire3 } from "node:module";
import { dirname as dirname2 } from "node:path";
import { pathToFileURL } from "node:url";
import { Script as Script2 } from "node:vm";

// src/host/package-loader.ts
import { readFileSync, statSync } from "node:fs";
import { createRequire as createRequire2, isBuiltin as isBuiltin2 } from "node:module";
import { dirname, extname } from "node:path";
import { constants, Script } from "node:vm";
function createPackageLoader(requireBuiltin, provided) {
  const loaded = /* @__PURE__ */ new Map();
  const load = (file3) => {
    const known = loaded.get(file3);
    if (known !== void 0) return known.exports;
    const module = {
      id: file3,
      filename: file3,
      path: dirname(file3),
      children: [],
      paths: [],
      exports: {},
      loaded: false
    };
    loaded.set(file3, module);
    try {
      importingPackage(() => evaluate(module));
    } catch (error) {
      loaded.delete(file3);
      throw error;
    }
    module.loaded = true;
    return module.exports;
  };
  const evaluate = (module) => {
    const { filename } = module;
    const real2 = createRequire2(filename);
    if (extname(filename) === ".json") {
      module.exports = JSON.parse(readFileSync(filename, "utf8").replace(/^\uFEFF/, ""));
      return;
    }
    const script = scriptOf(filename);
    if (script === void 0) {
      module.exports = real2(filename);
      return;
    }
    const require2 = (specifier) => {
      if (isBuiltin2(specifier)) return requireBuiltin(withNodePrefix(specifier));
      if (/^agent-sequencer(\/|$)/.test(specifier)) return provided(specifier);
      return load(real2.resolve(specifier));
    };
    module.require = require2;
    const run = script.runInThisContext();
    const complete = Object.assign(require2, { resolve: real2.resolve, cache: {}, main: void 0 });
    run.call(module.exports, module.exports, complete, module, filename, module.path);
  };
  return load;
}
function isCommonJs(file3) {
  const ending = extname(file3);
  if (ending === ".mjs" || ending === ".node") return false;
  return ending !== ".js" || typeOf(dirname(file3)) !== "module";
}
function typeOf(folder) {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    try {
      return JSON.parse(readFileSync(`${at}/package.json`, "utf8")).type;
    } catch {
    }
  }
  return void 0;
}
function withNodePrefix(specifier) {
  return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
}
var MAX_SCRIPTS = 2e3;
var scripts = /* @__PURE__ */ new Map();
var WRAPPER = "(function (exports, require, module, __filename, __dirname) {";
function scriptOf(file3) {
  const { mtimeMs, size } = statSync(file3);
  const fingerprint = `${mtimeMs} ${size}`;
  const known = scripts.get(file3);
  if (known?.fingerprint === fingerprint) return known.script;
  const script = isCommonJs(file3) ? compile2(file3) : void 0;
  scripts.delete(file3);
  scripts.set(file3, { fingerprint, script });
  if (scripts.size > MAX_SCRIPTS) scripts.delete(scripts.keys().next().value);
  return script;
}
function compile2(file3) {
  const source = readFileSync(file3, "utf8").replace(/^\uFEFF/, "").replace(/^#!/, "//");
  return new Script(`${WRAPPER}${source}
})`, {
    filename: file3,
    columnOffset: -WRAPPER.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  });
}

// src/host/evaluate.ts
function evaluateVersion(version, provide2, options = {}) {
  const requireBuiltin = options.requireBuiltin ?? createRequire3(import.meta.url);
  const provided = (specifier) => asModule(specifier, provide2(specifier));
  const loadPackageFile = createPackageLoader(requireBuiltin, provided);
  const scripts2 = scriptsOf(version);
  const loaded = /* @__PURE__ */ new Map();
  const reach = (target) => {
    if ("module" in target) return evaluate(version.modules[target.module]).exports;
    if ("provided" in target) return provided(target.provided);
    if ("builtin" in target) return requireBuiltin(target.builtin);
    return loadPackageFile(target.file);
  };
  const evaluate = (linked) => {
    const known = loaded.get(linked.id);
    if (known !== void 0) return known;
    const module = { id: linked.storedAt, exports: {}, loaded: false };
    loaded.set(linked.id, module);
    try {
      if (linked.kind !== "script")
        module.exports = linked.kind === "json" ? JSON.parse(linked.code) : linked.code;
      else if (linked.id.startsWith("npm:")) importingPackage(() => run(linked, module));
      else run(linked, module);
    } catch (error) {
      loaded.delete(linked.id);
      throw error;
    }
    module.loaded = true;
    return module;
  };
  const run = (linked, module) => {
    const require2 = (specifier) => {
      const target = targetOf(linked, specifier);
      const value = reach(target);
      const stillRunning = "module" in target && loaded.get(target.module)?.loaded === false;
      if (!stillRunning) refuseMissingNames(linked, specifier, value);
      return value;
    };
    const resolve2 = (specifier) => placeOf(targetOf(linked, specifier), version);
    const evaluateModule = scripts2(linked).runInThisContext();
    evaluateModule.call(
      module.exports,
      module.exports,
      Object.assign(require2, { resolve: resolve2 }),
      module,
      linked.storedAt,
      dirname2(linked.storedAt),
      importMeta(linked, resolve2),
      (specifier) => Promise.resolve().then(() => asNamespace(require2(`${specifier}`)))
    );
  };
  return defaultExport(evaluate(version.modules[version.entry]).exports);
}
function targetOf(linked, specifier) {
  if (Object.hasOwn(linked.imports, specifier)) return linked.imports[specifier];
  throw new SequencerError(
    "ProgramNotLoadable",
    `'${specifier}' was not found when the program was linked: the import is computed, or what it names is not there.`,
    "Write the import with a plain string, and see that what it names is there."
  );
}
function refuseMissingNames(linked, specifier, value) {
  const names = linked.names !== void 0 && Object.hasOwn(linked.names, specifier) ? linked.names[specifier] : [];
  if (names.length === 0 || value === null || !["object", "function"].includes(typeof value)) return;
  const interop = value.__esModule !== true;
  const absent = names.filter((name) => !(name in value) && !(name === "default" && interop));
  if (absent.length === 0) return;
  const list = absent.map((name) => name === "default" ? "default export" : `export named '${name}'`).join(", no ");
  throw new SequencerError("ProgramNotLoadable", `'${specifier}' has no ${list}.`);
}
function placeOf(target, version) {
  if ("module" in target) return version.modules[target.module].storedAt;
  if ("provided" in target) return target.provided;
  return "builtin" in target ? target.builtin : target.file;
}
function importMeta(linked, resolve2) {
  return {
    dirname: dirname2(linked.storedAt),
    filename: linked.storedAt,
    url: pathToFileURL(linked.storedAt).href,
    main: false,
    resolve: (specifier) => {
      const place = resolve2(specifier);
      return place.startsWith("/") ? pathToFileURL(place).href : place;
    }
  };
}
function defaultExport(exports) {
  if (exports?.__esModule === true) return exports.default;
  if (typeof exports === "object" && exports !== null) {
    if (Object.hasOwn(exports, "default")) return exports.default;
    if (Object.keys(exports).length === 0 && Object.getPrototypeOf(exports) === Object.prototype) {
      return void 0;
    }
  }
  return exports;
}
function asNamespace(exports) {
  if (exports?.__esModule === true) return exports;
  const hasProperties = exports !== null && (typeof exports === "object" || typeof exports === "function");
  const named = hasProperties ? exports : null;
  return Object.create(named, { default: { value: exports, enumerable: true } });
}
var asModules = /* @__PURE__ */ new WeakMap();
function asModule(specifier, namespace) {
  if (typeof namespace !== "object" || namespace === null) {
    throw new SequencerError("ProgramNotLoadable", `The server has no module '${specifier}'.`);
  }
  if (namespace.__esModule === true) return namespace;
  let module = asModules.get(namespace);
  if (module === void 0) {
    module = Object.defineProperty({ ...namespace }, "__esModule", { value: true });
    asModules.set(namespace, Object.freeze(module));
  }
  return module;
}
var MAX_VERSIONS = 64;
var scriptsByVersion = /* @__PURE__ */ new Map();
function scriptsOf({ version }) {
  const scripts2 = scriptsByVersion.get(version) ?? /* @__PURE__ */ new Map();
  scriptsByVersion.delete(version);
  scriptsByVersion.set(version, scripts2);
  if (scriptsByVersion.size > MAX_VERSIONS) scriptsByVersion.delete(scriptsByVersion.keys().next().value);
  return ({ id, code, filename }) => {
    const known = scripts2.get(id);
    if (known?.code === code && known.filename === filename) return known.script;
    const script = new Script2(asFunction(code), { filename, columnOffset: -HEAD_COLUMNS });
    scripts2.set(id, { code, filename, script });
    return script;
  };
}

// src/host/stack.ts
import { SourceMap } from "node:module";
function formatAuthorStack(error, version) {
  const stack = error?.stack;
  if (typeof stack !== "string") return "";
  return framesOf(stack, version).map(
    ({ name, position: { id, line, column } }) => name === "" ? `at ${id}:${line}:${column}` : `at ${name} (${id}:${line}:${column})`
  ).join("\n");
}
function positionOf(stack, version) {
  return framesOf(stack, version)[0]?.position;
}
function placeOf2(stack, version) {
  const position = stack === void 0 ? void 0 : positionOf(stack, version);
  return position && `${position.file}:${position.line}:${position.column}`;
}
function errorInfo(error, version) {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const stack = formatAuthorStack(error, version);
  return { type: error.name, message: error.message, ...stack !== "" && { stack } };
}
function framesOf(stack, version) {
  const modules = /* @__PURE__ */ new Map();
  for (const module of Object.values(version.modules)) {
    if (!module.id.startsWith("npm:")) modules.set(module.filename, module);
  }
  return stack.split("\n").flatMap((text, at) => frameOf(text, at === 0, modules) ?? []);
}
function frameOf(text, isFirst, modules) {
  const called = /^\s+at (?:(.*?) \()?(.+?):(\d+):(\d+)\)?$/.exec(text);
  const [, name = "", file3 = "", line, column] = called ?? (isFirst ? [void 0, ...(/^()(.+):(\d+)$/.exec(text) ?? []).slice(1), "1"] : []);
  const module = modules.get(file3.replace(/^async /, ""));
  if (module === void 0) return void 0;
  return { name: plainName(name), position: original(module, Number(line), Number(column)) };
}
function plainName(name) {
  const plain = name.replace(/^async /, "").replace(/ \[as .*\]$/, "");
  const short = plain.replace(/^(Object|Module|Function)\./, "");
  if (short === "_default") return "default";
  return short === "<anonymous>" ? "" : short;
}
var maps = /* @__PURE__ */ new WeakMap();
function original(module, line, column) {
  const place = { file: module.filename, id: module.id };
  if (!module.map) return { ...place, line, column };
  let map3 = maps.get(module);
  if (map3 === void 0) {
    const payload = { version: 3, file: "", sources: [""], sourcesContent: [], names: [], sourceRoot: "" };
    map3 = new SourceMap({ ...payload, mappings: module.map });
    maps.set(module, map3);
  }
  const entry = map3.findEntry(line - 1, column - 1);
  const isOfLine = "originalLine" in entry && entry.generatedLine === line - 1 && entry.originalLine !== void 0;
  if (!isOfLine) return { ...place, line, column };
  return { ...place, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

// src/host/evaluate-program.ts
var EvaluationFailed = class extends SequencerError {
  constructor(message, place) {
    super("ProgramNotLoadable", message);
    this.place = place;
  }
  place;
};
function evaluateProgram(version, provide2, options = {}) {
  let exported;
  try {
    exported = evaluateVersion(version, provide2, options);
  } catch (error) {
    if (error instanceof SequencerError) throw error;
    const { type, message } = errorInfo(error, version);
    const place = error instanceof Error ? positionOf(error.stack ?? "", version) : void 0;
    const at = place === void 0 ? version.entry : `${place.file}:${place.line}:${place.column}`;
    throw new EvaluationFailed(`${at}: ${type} while the program was loaded: ${message}`, place);
  }
  if (!isProgram(exported)) {
    throw new SequencerError(
      "ProgramNotLoadable",
      `${version.entry} has no default export made by defineProgram.`,
      "End the file with `export default defineProgram({ name, description, run })`."
    );
  }
  if (exported.name !== version.name) {
    throw new SequencerError(
      "ProgramNotLoadable",
      `${version.entry} defines a program named '${exported.name}'.`,
      `Name the program '${version.name}', or the file '${exported.name}'.`
    );
  }
  return exported;
}

// node_modules/zod/index.js
var zod_exports = {};
__export(zod_exports, {
  $brand: () => $brand,
  $input: () => $input,
  $output: () => $output,
  INVALID: () => INVALID,
  NEVER: () => NEVER,
  TimePrecision: () => TimePrecision,
  ZodAny: () => ZodAny,
  ZodArray: () => ZodArray,
  ZodBase64: () => ZodBase64,
  ZodBase64URL: () => ZodBase64URL,
  ZodBigInt: () => ZodBigInt,
  ZodBigIntFormat: () => ZodBigIntFormat,
  ZodBoolean: () => ZodBoolean,
  ZodCIDRv4: () => ZodCIDRv4,
  ZodCIDRv6: () => ZodCIDRv6,
  ZodCUID: () => ZodCUID,
  ZodCUID2: () => ZodCUID2,
  ZodCatch: () => ZodCatch,
  ZodCodec: () => ZodCodec,
  ZodCompileAsyncError: () => ZodCompileAsyncError,
  ZodCompileUnsupportedError: () => ZodCompileUnsupportedError,
  ZodCreditCard: () => ZodCreditCard,
  ZodCustom: () => ZodCustom,
  ZodCustomStringFormat: () => ZodCustomStringFormat,
  ZodDate: () => ZodDate,
  ZodDefault: () => ZodDefault,
  ZodDiscriminatedUnion: () => ZodDiscriminatedUnion,
  ZodE164: () => ZodE164,
  ZodEmail: () => ZodEmail,
  ZodEmoji: () => ZodEmoji,
  ZodEnum: () => ZodEnum,
  ZodError: () => ZodError,
  ZodExactOptional: () => ZodExactOptional,
  ZodFile: () => ZodFile,
  ZodFirstPartyTypeKind: () => ZodFirstPartyTypeKind,
  ZodFunction: () => ZodFunction,
  ZodGUID: () => ZodGUID,
  ZodIBAN: () => ZodIBAN,
  ZodIPv4: () => ZodIPv4,
  ZodIPv6: () => ZodIPv6,
  ZodISODate: () => ZodISODate,
  ZodISODateTime: () => ZodISODateTime,
  ZodISODuration: () => ZodISODuration,
  ZodISOTime: () => ZodISOTime,
  ZodInstanceOf: () => ZodInstanceOf,
  ZodIntersection: () => ZodIntersection,
  ZodIssueCode: () => ZodIssueCode,
  ZodJWT: () => ZodJWT,
  ZodKSUID: () => ZodKSUID,
  ZodLazy: () => ZodLazy,
  ZodLiteral: () => ZodLiteral,
  ZodMAC: () => ZodMAC,
  ZodMap: () => ZodMap,
  ZodNaN: () => ZodNaN,
  ZodNanoID: () => ZodNanoID,
  ZodNever: () => ZodNever,
  ZodNonOptional: () => ZodNonOptional,
  ZodNull: () => ZodNull,
  ZodNullable: () => ZodNullable,
  ZodNumber: () => ZodNumber,
  ZodNumberFormat: () => ZodNumberFormat,
  ZodObject: () => ZodObject,
  ZodOptional: () => ZodOptional,
  ZodPipe: () => ZodPipe,
  ZodPrefault: () => ZodPrefault,
  ZodPreprocess: () => ZodPreprocess,
  ZodPromise: () => ZodPromise,
  ZodReadonly: () => ZodReadonly,
  ZodRealError: () => ZodRealError,
  ZodRecord: () => ZodRecord,
  ZodSet: () => ZodSet,
  ZodString: () => ZodString,
  ZodStringFormat: () => ZodStringFormat,
  ZodSuccess: () => ZodSuccess,
  ZodSymbol: () => ZodSymbol,
  ZodTemplateLiteral: () => ZodTemplateLiteral,
  ZodTransform: () => ZodTransform,
  ZodTuple: () => ZodTuple,
  ZodType: () => ZodType,
  ZodULID: () => ZodULID,
  ZodURL: () => ZodURL,
  ZodUUID: () => ZodUUID,
  ZodUndefined: () => ZodUndefined,
  ZodUnion: () => ZodUnion,
  ZodUnknown: () => ZodUnknown,
  ZodVoid: () => ZodVoid,
  ZodXID: () => ZodXID,
  ZodXor: () => ZodXor,
  _ZodString: () => _ZodString,
  _default: () => _default2,
  _function: () => _function2,
  any: () => any2,
  array: () => array2,
  base64: () => base642,
  base64url: () => base64url2,
  bigint: () => bigint2,
  boolean: () => boolean2,
  catch: () => _catch2,
  check: () => check2,
  cidrv4: () => cidrv42,
  cidrv6: () => cidrv62,
  clone: () => clone,
  codec: () => codec2,
  coerce: () => coerce_exports2,
  compile: () => compile,
  config: () => config,
  core: () => core_exports,
  creditCard: () => creditCard2,
  cuid: () => cuid3,
  cuid2: () => cuid22,
  currencyCode: () => currencyCode2,
  custom: () => custom2,
  date: () => date2,
  decode: () => decode2,
  decodeAsync: () => decodeAsync2,
  deepPartial: () => deepPartial2,
  default: () => external_exports2,
  describe: () => describe2,
  discriminatedUnion: () => discriminatedUnion2,
  e164: () => e1642,
  email: () => email2,
  emoji: () => emoji2,
  encode: () => encode2,
  encodeAsync: () => encodeAsync2,
  endsWith: () => _endsWith,
  enum: () => _enum2,
  exactOptional: () => exactOptional2,
  file: () => file2,
  flattenError: () => flattenError,
  float32: () => float322,
  float64: () => float642,
  formatError: () => formatError,
  fromJSONSchema: () => fromJSONSchema,
  function: () => _function2,
  getDiscriminatedOption: () => getDiscriminatedOption,
  getErrorMap: () => getErrorMap,
  globalRegistry: () => globalRegistry,
  gt: () => _gt,
  gte: () => _gte,
  guid: () => guid2,
  hash: () => hash2,
  hex: () => hex2,
  hostname: () => hostname2,
  httpUrl: () => httpUrl2,
  iban: () => iban2,
  includes: () => _includes,
  input: () => input2,
  instanceof: () => _instanceof2,
  int: () => int2,
  int32: () => int322,
  int64: () => int642,
  intersection: () => intersection2,
  invertCodec: () => invertCodec2,
  ipv4: () => ipv42,
  ipv6: () => ipv62,
  iso: () => iso_exports2,
  json: () => json2,
  jwt: () => jwt2,
  keyof: () => keyof2,
  ksuid: () => ksuid2,
  lazy: () => lazy,
  length: () => _length,
  literal: () => literal2,
  locales: () => locales_exports,
  looseObject: () => looseObject2,
  looseRecord: () => looseRecord2,
  lowercase: () => _lowercase,
  lt: () => _lt,
  lte: () => _lte,
  mac: () => mac2,
  map: () => map2,
  maxLength: () => _maxLength,
  maxSize: () => _maxSize,
  memoizer: () => memoizer,
  meta: () => meta2,
  mime: () => _mime,
  minLength: () => _minLength,
  minSize: () => _minSize,
  multipleOf: () => _multipleOf,
  nan: () => nan2,
  nanoid: () => nanoid2,
  nativeEnum: () => nativeEnum2,
  negative: () => _negative,
  never: () => never2,
  nonnegative: () => _nonnegative,
  nonoptional: () => nonoptional2,
  nonpositive: () => _nonpositive,
  normalize: () => _normalize,
  null: () => _null2,
  nullable: () => nullable2,
  nullish: () => nullish2,
  number: () => number2,
  object: () => object2,
  optional: () => optional2,
  output: () => output2,
  overwrite: () => _overwrite,
  parse: () => parse2,
  parseAsync: () => parseAsync2,
  partialRecord: () => partialRecord2,
  pipe: () => pipe2,
  positive: () => _positive,
  prefault: () => prefault2,
  preprocess: () => preprocess,
  prettifyError: () => prettifyError,
  promise: () => promise2,
  properties: () => _properties,
  property: () => _property,
  readonly: () => readonly2,
  record: () => record2,
  refine: () => refine2,
  regex: () => _regex,
  regexes: () => regexes_exports,
  registry: () => registry,
  safeDecode: () => safeDecode2,
  safeDecodeAsync: () => safeDecodeAsync2,
  safeEncode: () => safeEncode2,
  safeEncodeAsync: () => safeEncodeAsync2,
  safeParse: () => safeParse2,
  safeParseAsync: () => safeParseAsync2,
  set: () => set2,
  setErrorMap: () => setErrorMap,
  size: () => _size,
  slugify: () => _slugify,
  startsWith: () => _startsWith,
  strictObject: () => strictObject2,
  string: () => string2,
  stringFormat: () => stringFormat2,
  stringbool: () => stringbool2,
  success: () => success2,
  superRefine: () => superRefine2,
  symbol: () => symbol2,
  templateLiteral: () => templateLiteral2,
  toJSONSchema: () => toJSONSchema,
  toLowerCase: () => _toLowerCase,
  toUpperCase: () => _toUpperCase,
  toZod: () => toZod,
  transform: () => transform2,
  treeifyError: () => treeifyError,
  trim: () => _trim,
  tuple: () => tuple2,
  uint32: () => uint322,
  uint64: () => uint642,
  ulid: () => ulid2,
  undefined: () => _undefined2,
  union: () => union2,
  unknown: () => unknown2,
  uppercase: () => _uppercase,
  url: () => url2,
  util: () => util_exports,
  uuid: () => uuid2,
  uuidv4: () => uuidv42,
  uuidv6: () => uuidv62,
  uuidv7: () => uuidv72,
  validate: () => validate,
  validateAsync: () => validateAsync,
  void: () => _void2,
  withParser: () => withParser,
  xid: () => xid2,
  xor: () => xor2,
  z: () => external_exports2
});

// node_modules/zod/mini/index.js
var mini_exports = {};
__export(mini_exports, {
  $brand: () => $brand,
  $input: () => $input,
  $output: () => $output,
  INVALID: () => INVALID,
  NEVER: () => NEVER,
  TimePrecision: () => TimePrecision,
  ZodCompileAsyncError: () => ZodCompileAsyncError,
  ZodCompileUnsupportedError: () => ZodCompileUnsupportedError,
  ZodMiniAny: () => ZodMiniAny,
  ZodMiniArray: () => ZodMiniArray,
  ZodMiniBase64: () => ZodMiniBase64,
  ZodMiniBase64URL: () => ZodMiniBase64URL,
  ZodMiniBigInt: () => ZodMiniBigInt,
  ZodMiniBigIntFormat: () => ZodMiniBigIntFormat,
  ZodMiniBoolean: () => ZodMiniBoolean,
  ZodMiniCIDRv4: () => ZodMiniCIDRv4,
  ZodMiniCIDRv6: () => ZodMiniCIDRv6,
  ZodMiniCUID: () => ZodMiniCUID,
  ZodMiniCUID2: () => ZodMiniCUID2,
  ZodMiniCatch: () => ZodMiniCatch,
  ZodMiniCodec: () => ZodMiniCodec,
  ZodMiniCreditCard: () => ZodMiniCreditCard,
  ZodMiniCustom: () => ZodMiniCustom,
  ZodMiniCustomStringFormat: () => ZodMiniCustomStringFormat,
  ZodMiniDate: () => ZodMiniDate,
  ZodMiniDefault: () => ZodMiniDefault,
  ZodMiniDiscriminatedUnion: () => ZodMiniDiscriminatedUnion,
  ZodMiniE164: () => ZodMiniE164,
  ZodMiniEmail: () => ZodMiniEmail,
  ZodMiniEmoji: () => ZodMiniEmoji,
  ZodMiniEnum: () => ZodMiniEnum,
  ZodMiniExactOptional: () => ZodMiniExactOptional,
  ZodMiniFile: () => ZodMiniFile,
  ZodMiniFunction: () => ZodMiniFunction,
  ZodMiniGUID: () => ZodMiniGUID,
  ZodMiniIBAN: () => ZodMiniIBAN,
  ZodMiniIPv4: () => ZodMiniIPv4,
  ZodMiniIPv6: () => ZodMiniIPv6,
  ZodMiniISODate: () => ZodMiniISODate,
  ZodMiniISODateTime: () => ZodMiniISODateTime,
  ZodMiniISODuration: () => ZodMiniISODuration,
  ZodMiniISOTime: () => ZodMiniISOTime,
  ZodMiniIntersection: () => ZodMiniIntersection,
  ZodMiniJWT: () => ZodMiniJWT,
  ZodMiniKSUID: () => ZodMiniKSUID,
  ZodMiniLazy: () => ZodMiniLazy,
  ZodMiniLiteral: () => ZodMiniLiteral,
  ZodMiniMAC: () => ZodMiniMAC,
  ZodMiniMap: () => ZodMiniMap,
  ZodMiniNaN: () => ZodMiniNaN,
  ZodMiniNanoID: () => ZodMiniNanoID,
  ZodMiniNever: () => ZodMiniNever,
  ZodMiniNonOptional: () => ZodMiniNonOptional,
  ZodMiniNull: () => ZodMiniNull,
  ZodMiniNullable: () => ZodMiniNullable,
  ZodMiniNumber: () => ZodMiniNumber,
  ZodMiniNumberFormat: () => ZodMiniNumberFormat,
  ZodMiniObject: () => ZodMiniObject,
  ZodMiniOptional: () => ZodMiniOptional,
  ZodMiniPipe: () => ZodMiniPipe,
  ZodMiniPrefault: () => ZodMiniPrefault,
  ZodMiniPromise: () => ZodMiniPromise,
  ZodMiniReadonly: () => ZodMiniReadonly,
  ZodMiniRecord: () => ZodMiniRecord,
  ZodMiniSet: () => ZodMiniSet,
  ZodMiniString: () => ZodMiniString,
  ZodMiniStringFormat: () => ZodMiniStringFormat,
  ZodMiniSuccess: () => ZodMiniSuccess,
  ZodMiniSymbol: () => ZodMiniSymbol,
  ZodMiniTemplateLiteral: () => ZodMiniTemplateLiteral,
  ZodMiniTransform: () => ZodMiniTransform,
  ZodMiniTuple: () => ZodMiniTuple,
  ZodMiniType: () => ZodMiniType,
  ZodMiniULID: () => ZodMiniULID,
  ZodMiniURL: () => ZodMiniURL,
  ZodMiniUUID: () => ZodMiniUUID,
  ZodMiniUndefined: () => ZodMiniUndefined,
  ZodMiniUnion: () => ZodMiniUnion,
  ZodMiniUnknown: () => ZodMiniUnknown,
  ZodMiniVoid: () => ZodMiniVoid,
  ZodMiniXID: () => ZodMiniXID,
  ZodMiniXor: () => ZodMiniXor,
  _default: () => _default,
  _function: () => _function,
  any: () => any,
  array: () => array,
  base64: () => base64,
  base64url: () => base64url,
  bigint: () => bigint,
  boolean: () => boolean,
  catch: () => _catch,
  catchall: () => catchall,
  check: () => check,
  cidrv4: () => cidrv4,
  cidrv6: () => cidrv6,
  clone: () => clone,
  codec: () => codec,
  coerce: () => coerce_exports,
  compile: () => compile,
  config: () => config,
  core: () => core_exports,
  creditCard: () => creditCard,
  cuid: () => cuid,
  cuid2: () => cuid2,
  currencyCode: () => currencyCode,
  custom: () => custom,
  date: () => date,
  decode: () => decode,
  decodeAsync: () => decodeAsync,
  deepPartial: () => deepPartial,
  describe: () => describe,
  discriminatedUnion: () => discriminatedUnion,
  e164: () => e164,
  email: () => email,
  emoji: () => emoji,
  encode: () => encode,
  encodeAsync: () => encodeAsync,
  endsWith: () => _endsWith,
  enum: () => _enum,
  exactOptional: () => exactOptional,
  exactPartial: () => exactPartial,
  extend: () => extend,
  file: () => file,
  flattenError: () => flattenError,
  float32: () => float32,
  float64: () => float64,
  formatError: () => formatError,
  function: () => _function,
  getDiscriminatedOption: () => getDiscriminatedOption,
  globalRegistry: () => globalRegistry,
  gt: () => _gt,
  gte: () => _gte,
  guid: () => guid,
  hash: () => hash,
  hex: () => hex,
  hostname: () => hostname,
  httpUrl: () => httpUrl,
  iban: () => iban,
  includes: () => _includes,
  input: () => input,
  instanceof: () => _instanceof,
  int: () => int,
  int32: () => int32,
  int64: () => int64,
  intersection: () => intersection,
  invertCodec: () => invertCodec,
  ipv4: () => ipv4,
  ipv6: () => ipv6,
  iso: () => iso_exports,
  json: () => json,
  jwt: () => jwt,
  keyof: () => keyof,
  ksuid: () => ksuid,
  lazy: () => _lazy,
  length: () => _length,
  literal: () => literal,
  locales: () => locales_exports,
  looseObject: () => looseObject,
  looseRecord: () => looseRecord,
  lowercase: () => _lowercase,
  lt: () => _lt,
  lte: () => _lte,
  mac: () => mac,
  map: () => map,
  maxLength: () => _maxLength,
  maxSize: () => _maxSize,
  maximum: () => _lte,
  memoizer: () => memoizer,
  merge: () => merge,
  meta: () => meta,
  mime: () => _mime,
  minLength: () => _minLength,
  minSize: () => _minSize,
  minimum: () => _gte,
  multipleOf: () => _multipleOf,
  nan: () => nan,
  nanoid: () => nanoid,
  nativeEnum: () => nativeEnum,
  negative: () => _negative,
  never: () => never,
  nonnegative: () => _nonnegative,
  nonoptional: () => nonoptional,
  nonpositive: () => _nonpositive,
  normalize: () => _normalize,
  null: () => _null,
  nullable: () => nullable,
  nullish: () => nullish,
  number: () => number,
  object: () => object,
  omit: () => omit,
  optional: () => optional,
  output: () => output,
  overwrite: () => _overwrite,
  parse: () => parse,
  parseAsync: () => parseAsync,
  partial: () => partial,
  partialRecord: () => partialRecord,
  pick: () => pick,
  pipe: () => pipe,
  positive: () => _positive,
  prefault: () => prefault,
  prettifyError: () => prettifyError,
  promise: () => promise,
  properties: () => _properties,
  property: () => _property,
  readonly: () => readonly,
  record: () => record,
  refine: () => refine,
  regex: () => _regex,
  regexes: () => regexes_exports,
  registry: () => registry,
  required: () => required,
  safeDecode: () => safeDecode,
  safeDecodeAsync: () => safeDecodeAsync,
  safeEncode: () => safeEncode,
  safeEncodeAsync: () => safeEncodeAsync,
  safeExtend: () => safeExtend,
  safeParse: () => safeParse,
  safeParseAsync: () => safeParseAsync,
  set: () => set,
  size: () => _size,
  startsWith: () => _startsWith,
  strictObject: () => strictObject,
  string: () => string,
  stringFormat: () => stringFormat,
  stringbool: () => stringbool,
  success: () => success,
  superRefine: () => superRefine,
  symbol: () => symbol,
  templateLiteral: () => templateLiteral,
  toJSONSchema: () => toJSONSchema,
  toLowerCase: () => _toLowerCase,
  toUpperCase: () => _toUpperCase,
  toZod: () => toZod,
  transform: () => transform,
  treeifyError: () => treeifyError,
  trim: () => _trim,
  tuple: () => tuple,
  uint32: () => uint32,
  uint64: () => uint64,
  ulid: () => ulid,
  undefined: () => _undefined,
  union: () => union,
  unknown: () => unknown,
  uppercase: () => _uppercase,
  url: () => url,
  util: () => util_exports,
  uuid: () => uuid,
  uuidv4: () => uuidv4,
  uuidv6: () => uuidv6,
  uuidv7: () => uuidv7,
  validate: () => validate,
  validateAsync: () => validateAsync,
  void: () => _void,
  withParser: () => withParser,
  xid: () => xid,
  xor: () => xor,
  z: () => external_exports
});

// src/host/provided.ts
var PROVIDED = {
  "agent-sequencer": src_exports,
  zod: zod_exports,
  "zod/v4": zod_exports,
  "zod/v4/core": core_exports,
  "zod/mini": mini_exports,
  "zod/v4-mini": mini_exports
};
function provide(specifier) {
  return Object.hasOwn(PROVIDED, specifier) ? PROVIDED[specifier] : void 0;
}

// src/testing/version-source.ts
function sourceOfVersion(version) {
  return {
    name: version.name,
    version: version.version,
    evaluate: () => evaluateProgram(version, provide, { requireBuiltin: createBuiltins() }),
    describeError: (error) => errorInfo(error, version),
    placeOf: (stack) => placeOf2(stack, version)
  };
}
function inPlace(version) {
  const modules = {};
  for (const [id, module] of Object.entries(version.modules)) {
    modules[id] = { ...module, storedAt: module.filename };
  }
  return { ...version, modules };
}

// src/testing/file.ts
var NOWHERE = "/dev/null/compiled";
var cache = createCodeCache(NOWHERE);
async function fileSource(file3) {
  const path = typeof file3 === "string" ? resolve(file3) : fileURLToPath(file3.href);
  const name = basename(path, extname2(path));
  const found = { name, file: path, realpath: realPath(path), source: "project" };
  const { version } = await linkProgram(found, cache, () => dirname3(path));
  return sourceOfVersion(inPlace(version));
}
function realPath(path) {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new SequencerError("ProgramNotLoadable", `There is no program file ${path}.`, void 0, { cause });
  }
}
export {
  fileSource
};
