/** One JSON value of a text, or why there is none, with the line it begins on (in an array: its place), from 1. */
export type Entry =
  { readonly line: number; readonly json: unknown } | { readonly line: number; readonly malformed: string };

interface Line {
  readonly number: number;
  readonly text: string;
}

/**
 * The JSON values of a text that is JSON Lines, or one JSON value over as many lines as it likes, or an array of values.
 * JSON Lines are answered as they arrive. Only where the first line is no whole object does everything have to be
 * read before it is clear what the text is. Empty lines and a byte order mark are passed over.
 */
export async function* entriesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Entry> {
  const held: Line[] = [];
  let streaming = false;
  for await (const line of linesOf(chunks)) {
    if (line.text.trim() === '') continue;
    streaming ||= held.length === 0 && isObject(parse(line));
    if (streaming) yield parse(line);
    else held.push(line);
  }
  yield* entriesOfWhole(held);
}

function* entriesOfWhole(lines: readonly Line[]): Generator<Entry> {
  const [first] = lines;
  if (first === undefined) return;
  const whole = parse({ number: first.number, text: lines.map(({ text }) => text).join('\n') });
  if ('json' in whole && Array.isArray(whole.json)) {
    const values: readonly unknown[] = whole.json;
    yield* values.map((json, index) => ({ line: index + 1, json }));
    return;
  }
  // One value that breaks off is one mistake, not one for each of its lines; but a whole line is never left unanswered.
  const begins = (line: Line, ...signs: readonly string[]): boolean =>
    signs.some((sign) => line.text.trimStart().startsWith(sign));
  const byLine =
    !begins(first, '{', '[') || lines.every((line) => begins(line, '{')) || lines.some((line) => isObject(parse(line)));
  if ('json' in whole || !byLine) yield whole;
  else yield* lines.map(parse);
}

function parse({ number, text }: Line): Entry {
  try {
    const json: unknown = JSON.parse(text);
    return { line: number, json };
  } catch (error) {
    return { line: number, malformed: error instanceof Error ? error.message : String(error) };
  }
}

const isObject = (entry: Entry): boolean =>
  'json' in entry && typeof entry.json === 'object' && entry.json !== null && !Array.isArray(entry.json);

async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = '';
  for await (const chunk of chunks) {
    const [head = '', ...lines] = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split(
      '\n',
    );
    // Only what is new is searched, so that one long line costs no more than many short ones.
    lines.unshift(rest + head);
    rest = lines.pop() ?? '';
    for (const text of lines) yield { number: ++number, text: number === 1 ? withoutMark(text) : text };
  }
  rest += decoder.decode();
  if (rest !== '') yield { number: number + 1, text: number === 0 ? withoutMark(rest) : rest };
}

/** `TextDecoder` drops the mark of bytes; text that arrives as strings may still begin with it. */
const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);
