import { once } from 'node:events';
import { createServer } from 'node:net';
import { servedAt } from '@assay/runtime';
import type { Config } from '../../../api/src/config.js';
import { fault, ok, type Finding } from './finding.js';

const ANSWER_MS_MAX = 2000;

/** Whether the server could listen where the settings say, or does already. */
export async function checkPorts({ http, metricsPort, log }: Config): Promise<readonly Finding[]> {
  const own = log.databaseUrl === null ? await servedAt(log.dataFolder, log.name) : null;
  if (own !== null) return [ok('ports', own === '' ? `another process is about to serve the log ${log.name}` : `the log ${log.name} is served at ${own}`)];
  const main = await checkPort('PORT', http.port, http.host);
  return metricsPort === null ? [main] : [main, await checkPort('METRICS_PORT', metricsPort, http.host)];
}

async function checkPort(setting: string, port: number, host: string): Promise<Finding> {
  const code = await listenFor(port, host);
  const where = `port ${String(port)} on ${host}`;
  if (code === null) return ok('ports', `${where} is free`);
  if (code === 'EADDRINUSE') {
    const answers = await answersAsAssay(port, host);
    const found = `${where} is taken by ${answers ? 'an Assay server: of another folder or log, or of the same database' : 'another program'}`;
    return fault('ports', answers ? 'PORT_TAKEN_BY_ASSAY' : 'PORT_TAKEN', { found, remedy: `stop that one, or choose another port with ${setting}` });
  }
  if (code === 'EACCES') return fault('ports', 'PORT_FORBIDDEN', { found: `${where} needs rights that this user does not have`, remedy: `choose one above 1023 with ${setting}` });
  return fault('ports', 'HOST_UNKNOWN', { found: `${host} is no address of this machine (${code})`, remedy: 'set HOST to one that is' });
}

/** Why one cannot listen there; null where one can. It is given up at once. */
async function listenFor(port: number, host: string): Promise<string | null> {
  const trial = createServer();
  try {
    trial.listen(port, host);
    await once(trial, 'listening');
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
  }
  trial.close();
  await once(trial, 'close');
  return null;
}

async function answersAsAssay(port: number, host: string): Promise<boolean> {
  const local = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${local}:${String(port)}/health/live`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const said: unknown = await answer.json();
    return typeof said === 'object' && said !== null && 'status' in said && said.status === 'live';
  } catch {
    return false;
  }
}
