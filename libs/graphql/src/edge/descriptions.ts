/**
 * The descriptions of types and fields that their domain schema leaves to the edge, with the unit: by `Type.field`, by
 * `field` where a name means the same wherever it stands, by `Type` for a type. A description in the domain's schema
 * goes first.
 */
const WORDS = new Map<string, string>();
const missing = new Set<string>();

/** Adds descriptions; a name given twice with other words is a mistake and refused. */
export function describe(words: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(words)) {
    const known = WORDS.get(name);
    if (known !== undefined && known !== text) throw new Error(`${name} is described twice`);
    WORDS.set(name, text);
  }
}

/** The words of a field (or of a type, without `field`), remembered as missing where there are none. */
export function wordsFor(type: string, field?: string): string | undefined {
  const name = field === undefined ? type : `${type}.${field}`;
  // An input says of a field what the object of the same name says.
  const object = type.replace(/Input$/, '');
  const words = WORDS.get(name) ?? WORDS.get(field === undefined ? object : `${object}.${field}`) ?? (field === undefined ? undefined : WORDS.get(field));
  if (words === undefined) missing.add(name);
  return words;
}

/** Derived types and fields that nobody described; a test demands that there are none. */
export const undescribed = (): readonly string[] => [...missing].sort((a, b) => (a < b ? -1 : 1));
