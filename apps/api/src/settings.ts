import { LOG_SETTINGS, oneWord, PROCESS_ROLES, textSetting, wholeNumber, type Setting } from '@assay/runtime';

const isWebAddress = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
const isOrigin = (text: string): boolean => isWebAddress(text) && new URL(text).origin === text;
const WEB_ADDRESS = 'an http or https address';

const origins: Setting<readonly string[]> = {
  doc: 'Web origins beside its own whose pages may call, over HTTP and WebSocket.',
  allowed: 'origins such as https://board.example.com, without a path, separated by commas',
  otherwise: [],
  otherwiseText: 'none',
  read: (text) => {
    const listed = text.split(/[\s,]+/).filter((one) => one !== '');
    return listed.every(isOrigin) ? listed : undefined;
  },
};

/** What the server reads beside where the log is: where it answers, whom, and how it ends. */
const SERVING = {
  ASSAY_ROLE: oneWord(PROCESS_ROLES, { otherwise: 'all', doc: 'What this process is there for. `api` serves GraphQL and leads nothing; `projector` leads projections, process managers and timers and serves health and metrics alone; `all` does both. Any number of each may run on one log.' }),
  HOST: textSetting({ otherwise: null, allowed: 'an address of this machine', doc: 'Address it listens on. Without it 0.0.0.0 in production and 127.0.0.1 in a demo, which is served on loopback only.' }),
  PORT: wholeNumber({ from: 0, to: 65_535, otherwise: 3000, doc: 'Port of GraphQL and health; 0 takes a free one.' }),
  CORS_ORIGINS: origins,
  PROXY_HOPS: wholeNumber({ from: 0, to: 10, otherwise: 0, doc: 'Reverse proxies in front that add the address they saw to `X-Forwarded-For`. Limits by address count what they say.' }),
  RATE_PER_PRINCIPAL: wholeNumber({ from: 1, to: 100_000, otherwise: 100, doc: 'Requests a second of one person or integration; four seconds of it may come at once.' }),
  RATE_PER_ADDRESS: wholeNumber({ from: 1, to: 100_000, otherwise: 300, doc: 'Requests a second of one address; four seconds of it may come at once.' }),
  SHUTDOWN_DELAY_MS: wholeNumber({ from: 0, to: 60_000, otherwise: 0, doc: 'After SIGTERM or SIGINT: how long it goes on taking requests while `/health/ready` already says 503. Behind a balancer: longer than its probe takes to notice.' }),
  SHUTDOWN_GRACE_MS: wholeNumber({ from: 0, to: 600_000, otherwise: 10_000, doc: 'After that: how long a request under way may still take before its connection is cut.' }),
} as const;

/** What the server tells of itself, and to whom. */
const OBSERVING = {
  LOG_LEVEL: oneWord(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { otherwise: 'info', doc: 'The least that is written to the log. At `info` a line each request; at `warn` only what an operator should see.' }),
  LOG_FORMAT: oneWord(['auto', 'json', 'text'], { otherwise: 'auto', doc: 'How a line looks: JSON, or text for people. `auto`: text at a terminal, otherwise JSON.' }),
  SLOW_OPERATION_MS: wholeNumber({ from: 1, to: 600_000, otherwise: 1000, doc: 'A GraphQL operation that takes longer is logged at `warn`, with its root field, never with what was asked for.' }),
  METRICS_PORT: wholeNumber({ from: 0, to: 65_535, otherwise: null, doc: 'A port of its own for `/metrics`, on `HOST`, for collectors on other machines; keep it inside your network. Without it `/metrics` is at `PORT`, for this machine only.' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: textSetting({ otherwise: null, allowed: WEB_ADDRESS, passes: isWebAddress, doc: 'Collector that traces are sent to, by OTLP over HTTP at `<endpoint>/v1/traces`. Without it, or the next, no tracing code is loaded. Sampler and headers: as OpenTelemetry names them (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`).' }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: textSetting({ otherwise: null, allowed: WEB_ADDRESS, passes: isWebAddress, doc: 'The same as a whole address, used as it is; goes before the other.' }),
  OTEL_SERVICE_NAME: textSetting({ otherwise: 'assay', allowed: 'a text', doc: 'Name under which traces are filed.' }),
} as const;

/** Every setting of the server, in the groups in which `docs/reference/config.md` shows them. */
export const SETTING_GROUPS = { 'Where the log is, and whose tokens it knows': LOG_SETTINGS, Serving: SERVING, Observing: OBSERVING } as const;
export const SERVER_SETTINGS = { ...LOG_SETTINGS, ...SERVING, ...OBSERVING } as const;
