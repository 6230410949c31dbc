/** The entry files of threads and processes, as built: `npm run build` after a change of what they hold. */

export interface Entries {
  readonly hostEntry: URL;
  readonly guardEntry: URL;
}

const built = (name: string) => new URL(`../../dist/${name}`, import.meta.url);

export const ENTRIES: Entries = { hostEntry: built("host.js"), guardEntry: built("guard.js") };
