/** Any JSON, type by type: some clients turn arguments of an empty schema into strings. */
export const ANY_JSON = [
  { type: "object" },
  { type: "array" },
  { type: "string" },
  { type: "number" },
  { type: "boolean" },
  { type: "null" },
];
