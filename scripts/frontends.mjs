/**
 * Compiles what a frontend takes from the schema: the examples in examples/frontend, and every query of README and guides,
 * by graphql-codegen and by relay-compiler; then checks the types and bundles the examples. Done once for the same inputs,
 * by one process at a time.
 * Run after a build: node scripts/frontends.mjs
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { queriesIn } from '../dist/scripts/document-queries.js';
import prepared from './prepare.cjs';

const { ROOT, hashOf, prepareFolder, readStamp, underLock } = prepared;
const FOLDER = path.join(ROOT, 'examples', 'frontend');
const GENERATED = path.join(FOLDER, 'generated');
const [FOR_RELAY, FOR_CODEGEN] = ['documents', 'queries'].map((name) => path.join(GENERATED, name));
const STAMP = path.join(FOLDER, 'dist', '.inputs');
const PAGES = ['README.md', ...fs.readdirSync(path.join(ROOT, 'docs', 'guides')).map((name) => path.join('docs', 'guides', name))];
/** Relay wants an operation to be named after its module, and to say what it is. */
const NAMED = /^(?:query|mutation|subscription) (\w+)(?:Query|Mutation|Subscription)\b|^fragment (\w+)_\w+ on/m;

const sources = fs.readdirSync(FOLDER).filter((name) => !['node_modules', 'dist', 'generated'].includes(name));
const inputs = () => hashOf([...sources.map((name) => path.join(FOLDER, name)).flatMap(written), ...PAGES, 'docs/reference/schema.graphql', 'scripts/frontends.mjs']);

/** What is written by hand in a folder of the examples. */
function written(entry) {
  if (!fs.statSync(entry).isDirectory()) return [entry];
  return fs.readdirSync(entry).filter((name) => !/generated/.test(name)).map((name) => path.join(entry, name));
}

async function main() {
  prepareFolder(FOLDER);
  await underLock(compile);
}

async function compile() {
  const now = inputs();
  if (readStamp(STAMP) === now) return;
  writeDocuments();
  const bin = (name) => path.join(FOLDER, 'node_modules', name);
  const codegen = (config) => node([bin('@graphql-codegen/cli/esm/bin.js'), '--config', config, '--silent']);
  const relay = (config) => node([bin('relay-compiler/cli.js'), config]);
  await Promise.all([codegen('codegen.yml'), codegen('codegen.documents.yml'), relay('relay.config.json'), relay('relay.documents.json')]);
  await Promise.all([node([bin('typescript/bin/tsc'), '--project', 'tsconfig.json']), node(['build.mjs'])]);
  fs.writeFileSync(STAMP, now);
}

/** Each query of the pages as a module for Relay and as a document for codegen. */
function writeDocuments() {
  fs.rmSync(GENERATED, { recursive: true, force: true });
  for (const folder of [FOR_RELAY, FOR_CODEGEN]) fs.mkdirSync(folder, { recursive: true });
  const seen = new Set();
  for (const { at, text, relayOnly } of PAGES.flatMap((page) => queriesIn(page, fs.readFileSync(path.join(ROOT, page), 'utf8')))) {
    const [, operation, fragment] = NAMED.exec(text) ?? [];
    const name = operation ?? fragment;
    if (name === undefined || seen.has(name)) throw new Error(`${at}: an operation needs a name of its own that ends in Query, Mutation or Subscription`);
    seen.add(name);
    if (!relayOnly) fs.writeFileSync(path.join(FOR_CODEGEN, `${name}.graphql`), text);
    fs.writeFileSync(path.join(FOR_RELAY, `${name}.ts`), `import { graphql } from 'relay-runtime';\n\n// ${at}\nexport const ${name} = graphql\`\n${text}\`;\n`);
  }
}

function node(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: FOLDER, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${path.relative(FOLDER, args.join(' '))} failed\n${output}`))));
  });
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
