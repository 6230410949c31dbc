/**
 * What an author may pass as a schema, and the type a reply gets from it.
 *
 * Two forms: a schema object of a library that speaks Standard Schema and can give JSON Schema (zod 4
 * does), or a plain JSON Schema object. Only types and a shape test live here; judging is the engine's.
 */
export type Json = null | boolean | number | string | Json[] | {
    [key: string]: Json;
};
/** A plain JSON Schema (2020-12 or draft-07). */
export type JsonSchema = {
    readonly [keyword: string]: unknown;
};
/** The part of Standard Schema (v1) that is used: validate, and the JSON Schema of the input. */
export interface StandardSchema<Output = unknown> {
    readonly "~standard": {
        readonly version: 1;
        readonly vendor: string;
        readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
        readonly types?: {
            readonly input: unknown;
            readonly output: Output;
        } | undefined;
        readonly jsonSchema?: {
            readonly input: (options: {
                target: "draft-2020-12";
            }) => Record<string, unknown>;
        };
    };
}
export type StandardResult<Output> = {
    readonly value: Output;
    readonly issues?: undefined;
} | {
    readonly issues: readonly StandardIssue[];
};
export interface StandardIssue {
    readonly message: string;
    readonly path?: readonly (PropertyKey | {
        readonly key: PropertyKey;
    })[] | undefined;
}
export type Schema = StandardSchema | JsonSchema;
/** What the program receives for a schema: the output of a schema library, `unknown` for plain JSON Schema. */
export type OutputOf<S> = S extends {
    readonly "~standard": {
        readonly types?: {
            readonly output: infer Output;
        } | undefined;
    };
} ? Output : unknown;
/** What a caller may pass where a schema parses it: defaults may be left out. */
export type InputOf<S> = S extends {
    readonly "~standard": {
        readonly types?: {
            readonly input: infer Input;
        } | undefined;
    };
} ? Input : unknown;
