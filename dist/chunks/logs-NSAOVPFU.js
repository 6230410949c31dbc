import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  recorded
} from "./chunk-4SLOI5IN.js";
import {
  KNOWN_FORMAT,
  createLogStore
} from "./chunk-USIXQFKQ.js";
import "./chunk-Y4Q2QEGS.js";
import "./chunk-I77IYGI3.js";
import "./chunk-ZWYVAR4N.js";
import "./chunk-6E5ESL5F.js";

// src/cli/history.ts
function historyOf(store) {
  return {
    written: () => new Map(store.list().map(({ instanceId, modifiedMs }) => [instanceId, modifiedMs])),
    open(instanceId) {
      const log = store.open(instanceId);
      return {
        async *readOn() {
          for await (const { firstSeq, events } of log.readOn()) {
            for (const [i, event] of events.entries()) yield recorded(firstSeq + i, event);
          }
        },
        close: () => log.close()
      };
    }
  };
}

// src/cli/logs.ts
function openLogs(stateDir) {
  return historyOf(createLogStore({ stateDir, ...KNOWN_FORMAT }));
}
export {
  openLogs
};
