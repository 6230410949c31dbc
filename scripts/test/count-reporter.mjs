/** A vitest reporter: how many tests passed and failed, as JSON into the file that `TEST_COUNTS_FILE` names. */

import { writeFileSync } from "node:fs";

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      const failedBefore = counts.failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // A test that is still pending was never finished: the run was cut short.
        if (state === "passed" || state === "skipped") counts[state] += 1;
        else counts.failed += 1;
      }
      // A file that does not load, or a suite whose hook throws, fails without a failed test.
      if (module.state() === "failed" && counts.failed === failedBefore) counts.failed += 1;
    }
    counts.failed += unhandledErrors.length;
    writeFileSync(process.env.TEST_COUNTS_FILE, JSON.stringify(counts));
  }
}
