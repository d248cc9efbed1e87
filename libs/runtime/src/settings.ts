import { readFileSync } from 'node:fs';
import { isNativeError } from 'node:util/types';

/** One variable of the environment: how its text is read, and what is said of it in a fault and on the reference page. */
export interface Setting<T> {
  readonly doc: string;
  /** What is allowed, in words that follow "allowed:". */
  readonly allowed: string;
  /** The value where the variable is not given. */
  readonly otherwise: T;
  /** What the page says of `otherwise` where the value alone would not do. */
  readonly otherwiseText?: string;
  /** Never shown, not even in a fault; and `<NAME>_FILE` may name a file that holds it. */
  readonly secret?: true;
  /** The value of a text; undefined where it is not allowed. */
  readonly read: (text: string) => T | undefined;
}
/** Settings by the name of their variable. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;
/** What settings come to once they are read. */
export type Values<S extends Settings> = { readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never };
/** The process's variables; an empty one counts as not given. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that is a whole number of a range, both ends included. */
export function wholeNumber<T extends number | null>({ from, to, otherwise, doc }: { readonly from: number; readonly to: number; readonly otherwise: T; readonly doc: string }): Setting<number | T> {
  const read = (text: string): number | undefined => (/^\d{1,9}$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined);
  return { doc, allowed: `a whole number from ${String(from)} to ${String(to)}`, otherwise, read };
}

/** A setting that is one of a few words. */
export function oneWord<W extends string>(words: readonly W[], { otherwise, doc }: { readonly otherwise: W; readonly doc: string }): Setting<W> {
  return { doc, allowed: words.join(', '), otherwise, read: (text) => words.find((word) => word === text) };
}

/** A setting that is any text which passes the check. */
export function textSetting<T extends string | null>(of: { readonly otherwise: T; readonly allowed: string; readonly doc: string; readonly passes?: (text: string) => boolean; readonly secret?: true }): Setting<string | T> {
  const { passes = () => true, otherwise, allowed, doc, secret } = of;
  return { doc, allowed, otherwise, ...(secret ? { secret } : {}), read: (text) => (passes(text) ? text : undefined) };
}

/** The variables that settings are read from: their names, and those of the files that may hold secrets. */
export const variablesOf = (settings: Settings): readonly string[] => Object.entries(settings).flatMap(([name, { secret }]) => (secret ? [name, `${name}_FILE`] : [name]));

/** What was found of a whole set of settings. `faults` maps each variable that will not do to why; all of them, not the first. */
export interface ReadSettings<S extends Settings> {
  readonly values: Values<S>;
  readonly faults: ReadonlyMap<string, string>;
}

/**
 * Reads settings from an environment. A fault names the variable, what was found (never a secret) and what is allowed; the
 * setting then has its `otherwise`, so that the others can still be judged. A secret may be given as `<NAME>_FILE`.
 */
export function readSettings<S extends Settings>(settings: S, environment: Environment): ReadSettings<S> {
  const faults = new Map<string, string>();
  const values = Object.entries(settings).map(([name, setting]) => {
    const given = givenText(name, setting, environment);
    if ('fault' in given) faults.set(name, given.fault);
    const text = 'fault' in given ? undefined : given.text;
    const value = text === undefined ? setting.otherwise : setting.read(text);
    if (value === undefined) faults.set(name, `${given.by} is ${setting.secret ? 'set to something else' : quoted(text ?? '')}; allowed: ${setting.allowed}`);
    return [name, value === undefined ? setting.otherwise : value];
  });
  // Each value is what its own setting reads, which is how `Values` is made of them.
  return { values: Object.fromEntries(values) as Values<S>, faults };
}

type Given = { readonly by: string } & ({ readonly text: string | undefined } | { readonly fault: string });

function givenText(name: string, { secret, allowed }: Setting<unknown>, environment: Environment): Given {
  const text = environment[name] === '' ? undefined : environment[name];
  const by = `${name}_FILE`;
  const file = secret ? environment[by] : undefined;
  if (file === undefined || file === '') return { by: name, text };
  if (text !== undefined) return { by, fault: `${name} and ${by} are both set; allowed: one of them` };
  try {
    const held = readFileSync(file, 'utf8').trim();
    return held === '' ? { by, fault: `${by} is ${quoted(file)}, which is empty; allowed: a file that holds ${allowed}` } : { by, text: held };
  } catch (error) {
    const code = isNativeError(error) && 'code' in error ? String(error.code) : 'unknown error';
    return { by, fault: `${by} is ${quoted(file)}, which cannot be read (${code}); allowed: a file that holds ${allowed}` };
  }
}

const SHOWN_CHARACTERS_MAX = 80;
const quoted = (text: string): string => JSON.stringify(text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text);

/**
 * A line for each variable that nobody reads although it looks as if it were meant for us: one that begins with `ASSAY_`, and
 * one that is a slip away from a name we know. A warning only: who starts us may set what others read.
 */
export function strangers(environment: Environment, known: readonly string[]): readonly string[] {
  const names = new Set(known);
  return Object.entries(environment).flatMap(([name, text]) => {
    if (names.has(name) || text === undefined || text === '') return [];
    const meant = known.find((one) => isSlipOf(name.toUpperCase(), one));
    if (meant !== undefined) return [`${name} is set, and nothing reads it; did you mean ${meant}?`];
    return name.startsWith('ASSAY_') ? [`${name} is set, and nothing reads it; docs/reference/config.md lists what is read`] : [];
  });
}

/** Names that short are a slip away from words that others use. */
const SHORT_NAME = 8;

function isSlipOf(name: string, known: string): boolean {
  const slips = Math.min(known.length, name.length) < SHORT_NAME ? 1 : 2;
  return Math.abs(name.length - known.length) <= slips && editDistance(name, known) <= slips;
}

/** How many letters must be put in, left out or changed to make one text of the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 1; index <= from.length; index += 1) {
    const next = [index];
    for (let at = 1; at <= to.length; at += 1) {
      const changed = (row[at - 1] ?? 0) + (from[index - 1] === to[at - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
