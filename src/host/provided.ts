/** The server's own modules, by what programs import. */

import * as zod from "zod";
import * as zodMini from "zod/mini";
import * as zodCore from "zod/v4/core";
import * as authorApi from "../index.ts";

const PROVIDED: { readonly [specifier: string]: unknown } = {
  "agent-sequencer": authorApi,
  zod,
  "zod/v4": zod,
  "zod/v4/core": zodCore,
  "zod/mini": zodMini,
  "zod/v4-mini": zodMini,
};

/** @returns `undefined`: there is none of that name */
export function provide(specifier: string): unknown {
  return Object.hasOwn(PROVIDED, specifier) ? PROVIDED[specifier] : undefined;
}
