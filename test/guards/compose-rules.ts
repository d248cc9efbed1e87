import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { variablesOf, type Environment } from '@assay/runtime';
import { ConfigError, readConfig, type Config } from '../../apps/api/src/config.js';
import { SERVER_SETTINGS } from '../../apps/api/src/settings.js';
import { millisecondsOf, mountsOf, type ComposeFile, type Service } from './compose-file.js';

/** What the rules look at beside the file itself. */
export interface Surroundings {
  /** The repository. */
  readonly root: string;
  /** A folder with the secrets that `docker/make-secrets.sh` makes, and their names. */
  readonly secretsFolder: string;
  readonly secretNames: readonly string[];
  /** Where variables are told to who operates it. */
  readonly told: readonly string[];
}

/** What is wrong, a line each. */
type Rule = (file: ComposeFile, around: Surroundings) => readonly string[];
type ServiceRule = (service: Service, of: { readonly name: string; readonly file: ComposeFile; readonly around: Surroundings }) => readonly string[];

/** A service of ours runs the image that is built from this repository, whichever service builds it; others are servers that we start. */
const isOurs = ({ image }: Pick<Service, 'image'>): boolean => image.startsWith('assay:');
/** The one door to the outside. */
const PROXY = 'proxy';
const each = (rule: ServiceRule): Rule => (file, around) => Object.entries(file.services).flatMap(([name, service]) => rule(service, { name, file, around }).map((fault) => `${name}: ${fault}`));
const ours = (rule: ServiceRule): Rule => each((service, of) => (isOurs(service) ? rule(service, of) : []));
const when = (wrong: boolean, fault: string): readonly string[] => (wrong ? [fault] : []);

/** What the server reads, and the role that a process of a fleet is given. */
const SETTINGS = new Set([...variablesOf(SERVER_SETTINGS), 'ASSAY_ROLE']);
const SECRET_SETTINGS = new Set(Object.entries(SERVER_SETTINGS).flatMap(([name, setting]) => ('secret' in setting ? [name] : [])));
const SECRETS_AT = '/run/secrets/';

/** The service's environment, a secret's file being where the test has it. */
const environmentOf = ({ environment, secrets }: Service, { secretsFolder }: Surroundings): Environment =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.startsWith(SECRETS_AT) && secrets.includes(value.slice(SECRETS_AT.length)) ? join(secretsFolder, value.slice(SECRETS_AT.length)) : value]));

function configOf(service: Service, around: Surroundings): Config | { readonly problems: readonly string[] } {
  try {
    return readConfig({ environment: environmentOf(service, around), modeOf: () => 'production' });
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    throw error;
  }
}

const FROM_SECRETS = './secrets/';
const namedVolumes = (service: Service): readonly string[] => mountsOf(service).flatMap(({ source }) => (source.startsWith('.') ? [] : [source]));
const KINDS = [['volumes', namedVolumes], ['secrets', ({ secrets }: Service) => secrets], ['networks', ({ networks }: Service) => networks]] as const;

/** Upstreams that a Caddyfile forwards to, as `host:port`. */
const upstreamsOf = (caddyfile: string): readonly string[] => [...caddyfile.matchAll(/^\s*reverse_proxy ([^{\n]+)\{?$/gm)].flatMap(([, listed = '']) => listed.trim().split(/\s+/));

const proxied: Rule = ({ services }, { root }) => {
  const mount = Object.values(services).flatMap(mountsOf).find(({ source }) => source.endsWith('Caddyfile'));
  if (mount === undefined) return [];
  const upstreams = upstreamsOf(readFileSync(join(root, mount.source), 'utf8'));
  const wanted = Object.entries(services).flatMap(([name, { environment }]) => (environment['ASSAY_ROLE'] === 'api' ? [{ name, address: `${name}:${environment['PORT'] ?? '3000'}`, hops: environment['PROXY_HOPS'] }] : []));
  return [
    ...wanted.flatMap(({ name, address, hops }) => [...when(!upstreams.includes(address), `${address} is not forwarded to`), ...when(hops !== '1', `${name} has another PROXY_HOPS than the one proxy in front`)]),
    ...upstreams.filter((upstream) => !wanted.some(({ address }) => address === upstream)).map((upstream) => `${upstream} is no service that answers`),
  ];
};

/** Services that build the same image, all at once, race for its tag; and an image of another name would be held to no rule of ours. */
const builtOnce: Rule = ({ services }) => {
  const builders = Object.entries(services).flatMap(([name, { image, build }]) => (build === undefined ? [] : [{ name, image }]));
  const run = new Set(Object.values(services).filter(isOurs).map(({ image }) => image));
  return [
    ...builders.filter((builder) => !isOurs(builder)).map(({ name, image }) => `${name}: builds ${image}, which is not called assay`),
    ...[...run].flatMap((wanted) => when(builders.filter(({ image }) => image === wanted).length !== 1, `${wanted} is not built by one service`)),
  ];
};

/** The rules by name; each has a file in `fixtures/compose` on which it bites. */
export const COMPOSE_RULES: Readonly<Record<string, Rule>> = {
  'depends-on': each(({ depends_on: on }, { file }) =>
    Object.entries(on).flatMap(([name, { condition }]) => {
      const target = file.services[name];
      if (target === undefined) return [`${name} is no service`];
      return condition === 'service_healthy' ? when(target.healthcheck === undefined, `${name} never says it is healthy`) : when(target.restart !== 'no', `${name} never ends`);
    }),
  ),
  undeclared: each((service, { file }) => KINDS.flatMap(([kind, usedBy]) => usedBy(service).filter((name) => !Object.hasOwn(file[kind], name)).map((name) => `${name} is not among the ${kind}`))),
  unused: (file) => KINDS.flatMap(([kind, usedBy]) => Object.keys(file[kind]).filter((name) => !Object.values(file.services).some((service) => usedBy(service).includes(name))).map((name) => `${name} of the ${kind} is used by nobody`)),
  'missing-file': each((service, { around: { root } }) => {
    const paths = mountsOf(service).flatMap(({ source }) => (source.startsWith('.') ? [source] : []));
    return [...paths, ...(service.build === undefined ? [] : [join(service.build, 'Dockerfile')])].filter((path) => !existsSync(join(root, path))).map((path) => `${path} is not in the repository`);
  }),
  'secret-not-made': ({ secrets }, { secretNames }) => Object.entries(secrets).flatMap(([name, { file }]) => when(file !== `${FROM_SECRETS}${name}` || !secretNames.includes(name), `${name}: docker/make-secrets.sh makes no ${file}`)),
  'published-port': each(({ ports }, { name }) => (name === PROXY ? [] : ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${port} is open to other machines`))),
  'server-exposed': each((service, { name, file }) => (isOurs(service) || name === PROXY || service.network_mode === 'none' ? [] : [...when(service.networks.length === 0, 'stands in the default network, which leads out'), ...service.networks.filter((network) => file.networks[network]?.internal !== true).map((network) => `${network} leads out`)])),
  'variable-without-default': ({ variables }) => variables.filter(({ settled }) => !settled).map(({ name }) => `${name} has neither a default nor a message`),
  'variable-untold': ({ variables }, { told }) => variables.flatMap(({ name }) => when(!told.every((text) => new RegExp(`\\b${name}\\b`).test(text)), `${name} is not told of wherever it should be`)),
  'unknown-setting': ours(({ environment }) => Object.keys(environment).filter((name) => !SETTINGS.has(name)).map((name) => `nothing reads ${name}`)),
  'refused-setting': ours((service, { around }) => {
    const config = configOf(service, around);
    return 'problems' in config ? config.problems : [];
  }),
  'secret-in-environment': each(({ environment }) => Object.entries(environment).filter(([name, value]) => SECRET_SETTINGS.has(name) || /:\/\/[^/@\s]*:[^/@\s]*@/.test(value) || (/PASSWORD|SECRET|TOKEN|KEY/.test(name) && !name.endsWith('_FILE'))).map(([name]) => `${name} holds a secret; name a file that does`)),
  'path-not-mounted': each((service) => {
    const mounted = [...mountsOf(service).map(({ target }) => target), ...service.secrets.map((name) => `${SECRETS_AT}${name}`)];
    return Object.entries(service.environment).filter(([, value]) => value.startsWith('/') && !mounted.some((target) => value === target || value.startsWith(`${target}/`))).map(([name, value]) => `${name} is ${value}, where nothing is mounted`);
  }),
  'volume-never-written': (file) => {
    const mounts = Object.values(file.services).flatMap(mountsOf);
    return Object.keys(file.volumes).filter((name) => mounts.some(({ source }) => source === name) && !mounts.some(({ source, writable }) => source === name && writable)).map((name) => `${name} stays empty`);
  },
  'built-once': builtOnce,
  'image-unpinned': each(({ image }) => when(!isOursOrPinned(image), `${image} is whatever it is today`)),
  'writable-root': each(({ read_only: readOnly }) => when(readOnly !== true, 'may write into its own file system')),
  'rights-kept': each(({ cap_drop: dropped }) => when(!dropped.includes('ALL'), 'keeps rights that it was not given by name')),
  'rights-gained': each(({ security_opt: options }) => when(!options.includes('no-new-privileges:true'), 'may gain rights')),
  'runs-as-root': ours(({ user, cap_add: added }) => [...when(user === undefined || /^(root|0)(:|$)/.test(user), 'runs as root'), ...added.map((right) => `is given ${right}`)]),
  'no-restart': each(({ restart }) => when(restart === undefined, 'does not say what happens when it ends')),
  'no-healthcheck': each(({ restart, healthcheck }) => when(restart === 'unless-stopped' && healthcheck === undefined, 'nobody can wait until it is healthy')),
  'grace-too-short': ours((service, { around }) => {
    const config = configOf(service, around);
    return 'problems' in config ? [] : when(millisecondsOf(service.stop_grace_period ?? '10s') <= config.http.delayMs + config.http.graceMs, 'is killed while it still ends in order');
  }),
  proxied,
};

/** A tag that names a release; of an image of ours the operator chooses the tag. */
function isOursOrPinned(image: string): boolean {
  const tag = /:([\w.-]+)$/.exec(image)?.[1];
  return tag !== undefined && (isOurs({ image }) || /\d+\.\d+/.test(tag));
}
