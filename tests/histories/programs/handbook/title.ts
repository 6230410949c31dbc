/** The title of a page. */
export function titleOf(page: string): string {
  return `Page ${page.toUpperCase()}`;
}
