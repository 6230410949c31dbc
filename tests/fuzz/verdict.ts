/** What any answer of the server must be, whatever was asked: foreseen, in words, with a way on. */

import { expect } from "vitest";
import { ERROR_FIXES } from "../../src/errors.ts";
import type { Answer } from "./raw-server.ts";

/** Of a failure; a model has to read it. */
const MESSAGE_LENGTH = 12_000;
const INTERNAL_ERROR = -32603;

/** Fails for an answer that nobody foresaw. */
export function assertForeseen({ id, result, error }: Answer): void {
  if (result?.isError) {
    assertErrorAnswer(JSON.parse(result.content[0].text));
  } else if (error !== undefined) {
    const told = `answer to ${JSON.stringify(id)}: ${error.message.slice(0, 500)}`;
    expect(error.message.length, told).toBeLessThan(MESSAGE_LENGTH);
    if (error.data !== undefined) assertErrorAnswer(error.data);
    else expect(error.code, told).not.toBe(INTERNAL_ERROR);
  }
}

/** A tool's failure: a code that is known, a fact, a fix; never an `InternalError`. */
export function assertErrorAnswer(answer: any): void {
  const told = JSON.stringify(answer).slice(0, 1_000);
  expect(answer.ok, told).toBe(false);
  expect(Object.keys(ERROR_FIXES), told).toContain(answer.error);
  expect(answer.error, told).not.toBe("InternalError");
  expect(answer.message.trim(), told).not.toBe("");
  expect(answer.fix.trim(), told).not.toBe("");
  expect(answer.message.length, told).toBeLessThan(MESSAGE_LENGTH);
}
