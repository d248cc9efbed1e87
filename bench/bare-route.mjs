// The route that a GraphQL list is measured against: Fastify, the token verified by the same verifier, the very statement
// that the list runs, its rows as JSON. Arguments: the data folder, the number of rows. Prints its address.
import { createRequire } from 'node:module';
import pg from 'pg';
import { openEmbedded } from '../dist/libs/event-log/src/index.js';
import { demoKey } from '../dist/libs/graphql/src/index.js';
import { appraisalView, ReadModels } from '../dist/libs/read-models/src/index.js';

const fastify = createRequire(new URL('../package.json', import.meta.url))('fastify');
const [dataDir, rows] = process.argv.slice(2);
const { verifier } = await demoKey(dataDir);
const embedded = await openEmbedded({ dataDir, log: 'main' });
const pool = new pg.Pool({ ...embedded.app, max: 8 });
const statement = await statementOf({ visibility: 'ALL', orderBy: { column: 'total', direction: 'DESC' }, first: Number(rows) });

const app = fastify();
app.post('/list', async (request) => {
  await verifier.verify(request.headers.authorization.slice('Bearer '.length));
  const found = await pool.query(statement);
  return { nodes: found.rows.slice(0, Number(rows)).map(nodeOf) };
});
process.once('SIGTERM', () => void stop());
process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);

function nodeOf({ key, doc }) {
  const { appraisalId, status, role, unit, total, grade, subjectId, cycle, evaluationsDueOn, revision, position, period } = doc;
  return { id: key, appraisalId, status, role, unitCode: unit, total, grade, subjectId, cycleStream: cycle, evaluationsDueOn, revision, lastPosition: position, period };
}

/** What the read models send for a page. */
async function statementOf(page) {
  const sent = [];
  const noting = { query: (...query) => (sent.push(query), Promise.resolve({ rows: [] })) };
  await new ReadModels({ pool: noting, source: {}, views: [], hashes: {} }).page(appraisalView, page);
  const [[text, parameters]] = sent;
  return typeof text === 'string' ? { text, values: parameters } : text;
}

async function stop() {
  await app.close();
  await pool.end();
  await embedded.close();
  process.exit(0);
}
