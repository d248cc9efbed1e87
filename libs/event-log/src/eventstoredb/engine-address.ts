/** The options that the client knows, as it spells them; it ignores case, dashes and underscores. */
const OPTIONS = [
  'tls', 'tlsCAFile', 'userCertFile', 'userKeyFile', 'connectionName', 'nodePreference', 'maxDiscoverAttempts', 'discoveryInterval', 'gossipTimeout',
  'defaultDeadline', 'throwOnAppendFailure', 'keepAliveInterval', 'keepAliveTimeout',
];
const flat = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');
const KNOWN: ReadonlySet<string> = new Set(OPTIONS.map(flat));

const LOGIN = String.raw`(?:[^:@/?#\s]+:[^:@/?#\s]+@)?`;
const HOST = String.raw`[A-Za-z0-9._-]+(?::\d{1,5})?`;
const ADDRESS = new RegExp(String.raw`^(esdb(?:\+discover)?://${LOGIN}${HOST}(?:,${HOST})*/?)(?:\?([^?#\s]+))?$`);

interface AddressParts {
  readonly place: string;
  readonly options: readonly string[];
}
function partsOf(address: string): AddressParts | null {
  const [, place, options] = ADDRESS.exec(address) ?? [];
  return place === undefined ? null : { place, options: options?.split('&') ?? [] };
}
const nameOf = (option: string): string => flat(option.split('=', 1)[0] ?? '');

/**
 * Whether the client takes an address as it is meant: user and password percent-encoded, options that it knows. Of others
 * it says so on the console, with the whole address and the password in it; or it takes half of a password for a host.
 */
export function isEngineAddress(address: string): boolean {
  const parts = partsOf(address);
  return parts !== null && isEncoded(address) && parts.options.every(isKnown);
}

function isKnown(option: string): boolean {
  // The client has no such thing as a certificate that is not looked at.
  const [name, value] = [nameOf(option), option.split('=').slice(1).join('=')];
  return value !== '' && (KNOWN.has(name) || (name === 'tlsverifycert' && value === 'true'));
}

function isEncoded(address: string): boolean {
  try {
    decodeURIComponent(address);
    return true;
  } catch {
    return false;
  }
}

const KEEP_ALIVE_MS = 10_000;
let made = 0;

/**
 * The address with a keep-alive of its own, to the millisecond: gRPC shares one TCP connection among all clients of a
 * process with the same settings, and a new one after silence would hang on the old one's.
 */
export function ofItsOwn(address: string): string {
  const { place, options } = partsOf(address) ?? { place: address, options: [] };
  const given = options.find((option) => nameOf(option) === 'keepalivetimeout');
  const base = given === undefined ? KEEP_ALIVE_MS : Number(given.split('=')[1]);
  // Below 0 the client sends none; what is no number it refuses in its own words.
  if (!(base >= 0)) return address;
  made = (made + 1) % KEEP_ALIVE_MS;
  const others = options.filter((option) => option !== given);
  return `${place}?${[...others, `keepAliveTimeout=${String(base + made)}`].join('&')}`;
}
