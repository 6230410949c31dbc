import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/server/request.ts
function textOf(params, name) {
  const value = params[name];
  return typeof value === "string" ? value : "";
}
function objectOf(params, name) {
  const value = params[name];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

export {
  textOf,
  objectOf
};
