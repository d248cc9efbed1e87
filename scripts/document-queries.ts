/** A GraphQL block of a page, as its reader would copy it. */
export interface DocumentedQuery {
  /** The page and the line of the block's first line, e.g. `README.md:41`. */
  readonly at: string;
  readonly text: string;
  /** Marked `graphql relay`: in Relay's own words, which a server is never sent. */
  readonly relayOnly: boolean;
}

const FENCED = /^```graphql( relay)?\n([\s\S]*?)^```$/gm;

/** The blocks marked `graphql` of a page in Markdown, in order. */
export function queriesIn(page: string, markdown: string): readonly DocumentedQuery[] {
  return [...markdown.matchAll(FENCED)].map(({ index, 1: relay, 2: text = '' }) => {
    const line = markdown.slice(0, index).split('\n').length + 1;
    return { at: `${page}:${String(line)}`, text, relayOnly: relay !== undefined };
  });
}
