import { parse } from 'yaml';
import { z } from 'zod';

/** So much of a compose file as ours use, in one spelling each; anything else is a slip or has to be learnt here first. */
const texts = z.array(z.string());
const mapOf = <T extends z.ZodType>(value: T) => z.record(z.string(), value).default({});
const duration = z.string().regex(/^\d+(s|m)$/);
const service = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  entrypoint: texts.optional(),
  user: z.string().optional(),
  environment: mapOf(z.string()),
  secrets: texts.default([]),
  volumes: z.array(z.string().regex(/^[^:]+:\/[^:]*(:ro)?$/)).default([]),
  tmpfs: texts.default([]),
  networks: texts.default([]),
  network_mode: z.literal('none').optional(),
  ports: texts.default([]),
  depends_on: mapOf(z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) })),
  healthcheck: z.strictObject({ test: texts, interval: duration.optional(), timeout: duration.optional(), retries: z.int().optional(), start_period: duration.optional(), start_interval: duration.optional() }).optional(),
  restart: z.enum(['unless-stopped', 'no']).optional(),
  read_only: z.boolean().optional(),
  cap_drop: texts.default([]),
  cap_add: texts.default([]),
  security_opt: texts.default([]),
  logging: z.strictObject({ driver: z.string() }).optional(),
  stop_grace_period: duration.optional(),
  shm_size: z.string().optional(),
  ulimits: z.strictObject({ nofile: z.int() }).optional(),
});
const composeFile = z.strictObject({
  services: z.record(z.string(), service),
  volumes: mapOf(z.null()),
  networks: mapOf(z.strictObject({ internal: z.boolean() }).nullable()),
  secrets: mapOf(z.strictObject({ file: z.string() })),
});

export type Service = z.output<typeof service>;
/** A variable that is filled in when the file is read: `${NAME:-otherwise}` or `${NAME:?what it is}`. */
export interface Variable {
  readonly name: string;
  /** Whether one of the two says what happens where it is not given. */
  readonly settled: boolean;
}
export interface ComposeFile extends z.output<typeof composeFile> {
  readonly variables: readonly Variable[];
}

/** The file as Compose would start it where the environment holds these values; or what is wrong with its shape. */
export function readCompose(text: string, values: Readonly<Record<string, string>>): ComposeFile | { readonly faults: readonly string[] } {
  const variables: Variable[] = [];
  const filled = filledIn(parse(text, { merge: true }), (name, rest) => {
    variables.push({ name, settled: rest.startsWith(':-') || (rest.startsWith(':?') && rest.length > ':?'.length) });
    return values[name] ?? (rest.startsWith(':-') ? rest.slice(':-'.length) : '');
  });
  const known = z.record(z.string(), z.unknown()).parse(filled);
  const read = composeFile.safeParse(Object.fromEntries(Object.entries(known).filter(([key]) => !key.startsWith('x-'))));
  return read.success ? { ...read.data, variables } : { faults: read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}

const VARIABLE = /\$\{([A-Z_]+)([^}]*)\}/g;

function filledIn(value: unknown, valueOf: (name: string, rest: string) => string): unknown {
  if (typeof value === 'string') return value.replace(VARIABLE, (_, name: string, rest: string) => valueOf(name, rest));
  if (Array.isArray(value)) return value.map((one) => filledIn(one, valueOf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filledIn(one, valueOf)]));
}

/** Where something is mounted from, where to, and whether it can be written there. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly writable: boolean;
}

export function mountsOf({ volumes }: Service): readonly Mount[] {
  return volumes.map((text) => {
    const [source = '', target = '', mode] = text.split(':');
    return { source, target, writable: mode !== 'ro' };
  });
}

/** `30s` or `1m`, in milliseconds. */
export const millisecondsOf = (text: string): number => Number.parseInt(text, 10) * (text.endsWith('m') ? 60_000 : 1000);
