import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  createLogStore
} from "./chunk-FPZ35OED.js";
import {
  FORMAT_VERSION,
  isKnownEventType
} from "./chunk-I77IYGI3.js";
import "./chunk-J27JKALQ.js";
import "./chunk-6E5ESL5F.js";

// src/cli/history.ts
function historyOf(store) {
  return {
    open(instanceId) {
      const log = store.open(instanceId);
      return {
        async *readOn() {
          for await (const { firstSeq, events } of log.readOn()) {
            for (const [i, event] of events.entries()) yield { seq: firstSeq + i, event: clean(event) };
          }
        },
        close: () => log.close()
      };
    }
  };
}
function clean(event) {
  const { seq: _seq, off: _off, w: _writer, crc: _crc, ...rest } = event;
  return rest;
}

// src/cli/logs.ts
function openLogs(stateDir) {
  return historyOf(
    createLogStore({ stateDir, isKnownType: isKnownEventType, formatVersion: FORMAT_VERSION })
  );
}
export {
  openLogs
};
