/** The languages that messages exist in. */
export type Locale = 'zh' | 'en';

/**
 * The language an `Accept-Language` header asks for (RFC 9110, 12.5.4): the highest quality among those we have, the
 * first of equals; English where none fits.
 */
export function localeOf(header: string | undefined): Locale {
  let best: { readonly locale: Locale; readonly quality: number } | undefined;
  for (const part of (header ?? '').split(',').slice(0, 20)) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const given = parameters.map((parameter) => /^\s*q=([01](?:\.\d{1,3})?)\s*$/.exec(parameter)?.[1]).find((value) => value !== undefined);
    const quality = given === undefined ? 1 : Number(given);
    const locale = /^zh(-|$)/.test(tag) ? 'zh' : /^en(-|$)/.test(tag) || tag === '*' ? 'en' : undefined;
    if (locale !== undefined && quality > 0 && quality > (best?.quality ?? 0)) best = { locale, quality };
  }
  return best?.locale ?? 'en';
}
