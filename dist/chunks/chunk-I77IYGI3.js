import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/engine/event.ts
var FORMAT_VERSION = 1;
var EVENT_TYPES = {
  started: true,
  step_issued: true,
  reply_accepted: true,
  reply_rejected: true,
  step_failed: true,
  step_cancelled: true,
  effect_started: true,
  effect_finished: true,
  timer_fired: true,
  signal_received: true,
  cancel_requested: true,
  version_adopted: true,
  closed: true,
  reopened: true,
  storage_failed: true,
  ended: true
};
function isKnownEventType(type) {
  return Object.hasOwn(EVENT_TYPES, type);
}

export {
  FORMAT_VERSION,
  isKnownEventType
};
