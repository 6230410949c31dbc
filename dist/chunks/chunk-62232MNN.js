import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/catalog/module-function.ts
var IMPORT_META = "__importMeta";
var DYNAMIC_IMPORT = "__dynamicImport";
var PARAMETERS = ["exports", "require", "module", "__filename", "__dirname", IMPORT_META, DYNAMIC_IMPORT];
var HEAD = `(function (${PARAMETERS.join(", ")}) {`;
var HEAD_COLUMNS = HEAD.length;
function asFunction(code) {
  return `${HEAD}${code}
})`;
}

export {
  IMPORT_META,
  DYNAMIC_IMPORT,
  HEAD_COLUMNS,
  asFunction
};
