/** Errors of the protocol: what a request is answered with that is no call of a tool. */

import { SequencerError, toErrorAnswer } from "../errors.ts";

export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
export const RESOURCE_NOT_FOUND = -32002;

/** The SDK's own error class would repeat the code in front of the message. */
export function protocolError(code: number, message: string, data?: object): Error {
  return Object.assign(new Error(message), { code, ...(data !== undefined && { data }) });
}

/** What the sequencer said no with, as an error of the protocol: a person reads the message. */
export function asProtocolError(error: unknown): unknown {
  if (!(error instanceof SequencerError)) return error;
  const isUnknown = error.code === "UnknownInstance";
  const isInvalid = error.code === "InvalidInstanceId" || error.code === "InvalidArguments";
  const code = isUnknown ? RESOURCE_NOT_FOUND : isInvalid ? INVALID_PARAMS : INTERNAL_ERROR;
  const answer = toErrorAnswer(error);
  return protocolError(code, `${answer.message} ${answer.fix}`, answer);
}
