/** Says that the server listens. */

import { defineEventHandler } from "nitro/h3";

export default defineEventHandler(() => ({}));
