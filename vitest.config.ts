/**
 * Tests run against the sources, and whole-server tests against the committed `dist/`, which
 * `scripts/test.mjs` finds stale before they start.
 */

import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// What the developer's own shell says must not reach a test, but for where the client is (tests/clients).
for (const name of Object.keys(process.env)) {
  if (name === "CLAUDE_CODE_BIN") continue;
  if (name.startsWith("AGENT_SEQUENCER_") || name.startsWith("CLAUDE")) delete process.env[name];
}

export default defineConfig({
  resolve: {
    alias: {
      "agent-sequencer/testing": source("./src/testing.ts"),
      "agent-sequencer": source("./src/index.ts"),
    },
  },
  test: {
    include: ["tests/**/*.test.ts"],
    pool: "forks",
    // A whole-server test starts processes and kills them; on a busy machine that takes a while.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that forgets to name a state folder writes here, never into somebody's home.
    env: { HOME: join(tmpdir(), "agent-sequencer-tests-without-a-home") },
    restoreMocks: true,
    unstubEnvs: true,
  },
});
