import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/instances/recorded-event.ts
function recorded(seq, event) {
  const {
    seq: _seq,
    off: _off,
    w: _writer,
    gap: _gap,
    crc: _crc,
    ...rest
  } = event;
  return { seq, event: rest };
}

export {
  recorded
};
