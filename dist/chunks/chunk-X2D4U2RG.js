import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/program/schema.ts
function isStandardSchema(schema) {
  return (typeof schema === "object" || typeof schema === "function") && schema !== null && typeof schema["~standard"] === "object";
}

export {
  isStandardSchema
};
