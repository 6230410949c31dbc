import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  transform
} from "./chunks/chunk-5IAHRXQW.js";
import {
  SyntaxProblem
} from "./chunks/chunk-IEMTFB52.js";
import "./chunks/chunk-62232MNN.js";
import "./chunks/chunk-6E5ESL5F.js";

// src/catalog/transform-thread.ts
import { parentPort } from "node:worker_threads";
var port = parentPort;
port.on(
  "message",
  ({ id, source, dialect }) => port.postMessage(answer(id, source, dialect))
);
function answer(id, source, dialect) {
  try {
    return { id, compiled: transform(source, dialect) };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) return { id, failure: error.stack ?? String(error) };
    const { message, line, column } = error;
    return { id, problem: { message, line, column } };
  }
}
