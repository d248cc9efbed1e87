const GRAPHQL_JSON = 'application/graphql-response+json';

/**
 * An `Accept` header in the order of its qualities (RFC 9110, 12.4.2), those refused with `q=0` left out, so that what
 * reads it first to last respects them. Without a header anything is accepted.
 */
export function acceptByQuality(header: string | undefined): string {
  if (header === undefined || header.trim() === '') return '*/*';
  const ranges = header.split(',').map((range) => {
    const [media = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = parameters.map((parameter) => /^q=(.*)$/i.exec(parameter)?.[1]).find((value) => value !== undefined);
    const rest = parameters.filter((parameter) => !/^q=/i.test(parameter));
    return { text: [media, ...rest].join(';'), quality: quality === undefined ? 1 : Number(quality) };
  });
  const accepted = ranges.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
  // Everything was refused: a range that nothing matches, so that the answer is 406.
  return accepted.length === 0 ? 'none/none' : accepted.map(({ text }) => text).join(',');
}

/** The media type of an answer that we write ourselves. */
export function responseType(header: string | undefined): string {
  const first = acceptByQuality(header)
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';', 1)[0])
    .find((media) => media === GRAPHQL_JSON || media === 'application/json' || media === 'application/*' || media === '*/*');
  return `${first === GRAPHQL_JSON ? GRAPHQL_JSON : 'application/json'}; charset=utf-8`;
}
