import { isEngineAddress } from '@assay/event-log';
import type { EventStorePlace } from './open-engine.js';
import { textSetting } from './settings.js';

const protocolOf = (text: string): string => (URL.canParse(text) ? new URL(text).protocol : '');
const isPostgres = (text: string): boolean => /^postgres(ql)?:$/.test(protocolOf(text));
/** The issuer as tokens name it, to the letter: no normalisation. Plain http only on this machine, for tests. */
const isIssuer = (text: string): boolean => protocolOf(text) === 'https:' || (URL.canParse(text) && ['localhost', '127.0.0.1'].includes(new URL(text).hostname));
const POSTGRES_ADDRESS = 'an address postgres://user:password@host:port/database';
/** What server and command line read alike: where a log is, and whose tokens it knows. */
export const LOG_SETTINGS = {
  ASSAY_DATA: textSetting({ otherwise: '.assay', allowed: 'a path', doc: 'Folder of the installation: the embedded database, the keys of personal data, marks and tokens of a demo. Back the keys up apart from the database.' }),
  ASSAY_LOG: textSetting({
    otherwise: 'main',
    allowed: 'a name of lower-case letters, digits and dashes that begins with a letter, at most 41 characters',
    passes: (text) => /^[a-z][a-z0-9-]{0,40}$/.test(text),
    doc: 'Name of the log; each has a database of its own. `--log` goes before it.',
  }),
  DATABASE_URL: textSetting({
    otherwise: null,
    allowed: POSTGRES_ADDRESS,
    passes: isPostgres,
    secret: true,
    doc: 'The PostgreSQL database with the login that serves: it reads, and appends through functions. Each log has a database of its own, and so another address. Without it the embedded PostgreSQL runs in `ASSAY_DATA`.',
  }),
  DATABASE_OWNER_URL: textSetting({
    otherwise: null,
    allowed: POSTGRES_ADDRESS,
    passes: isPostgres,
    secret: true,
    doc: 'The same database with the login that owns the log; used for migrations at boot alone. Without it the log is *unprotected*: the login that serves could change what is recorded.',
  }),
  EVENTSTORE_URL: textSetting({
    otherwise: null,
    allowed: 'an address esdb://user:password@host:port?tls=true, user and password percent-encoded, with options that the client knows',
    passes: isEngineAddress,
    secret: true,
    doc: 'The EventStoreDB server that holds the log; it belongs to this log alone. `DATABASE_URL` then holds the order index and the views. Without it the log is in PostgreSQL.',
  }),
  EVENTSTORE_CA_FILE: textSetting({ otherwise: null, allowed: 'a path', doc: 'File with the certificate of the authority that signed the one of the EventStoreDB server, where it is none that the machine trusts anyway.' }),
  OIDC_ISSUER: textSetting({
    otherwise: null,
    allowed: 'an https address, spelt as tokens name it in `iss`',
    passes: isIssuer,
    doc: 'Who issues tokens. Its keys are found at `<issuer>/.well-known/openid-configuration`. Needed in production, refused in a demo.',
  }),
  OIDC_AUDIENCE: textSetting({ otherwise: null, allowed: 'the text that tokens name in `aud`', doc: 'For whom tokens must be issued. Needed in production.' }),
} as const;

/** The event store that settings name; nothing where they name none. */
export const eventStoreOf = ({ EVENTSTORE_URL: url, EVENTSTORE_CA_FILE: caFile }: { readonly EVENTSTORE_URL: string | null; readonly EVENTSTORE_CA_FILE: string | null }): { readonly eventStore?: EventStorePlace } =>
  url === null ? {} : { eventStore: { url, ...(caFile === null ? {} : { caFile }) } };

/** Whom the command line acts and reads as. The server does not read it, but knows the name: a shell may well have it set. */
export const TOKEN_SETTING = {
  ASSAY_TOKEN: textSetting({ otherwise: null, allowed: 'a token of the log, as a bearer would carry it', secret: true, doc: 'Whom a command acts and reads as (`import`, `explain`, `export`). `token <subject>` makes one for a demo.' }),
} as const;
