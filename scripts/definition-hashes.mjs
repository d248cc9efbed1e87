// Writes the definition hash of every view: SHA-256 over the sources that its documents follow from, the import closure of
// its projector inside libs/domain and libs/read-models/src/views and what makes its tables, comments and white space left out. A process refuses a
// changed hash under an unchanged version, so that no table mixes two definitions. Run: npm run docs, or with --check.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

const VIEWS = 'libs/read-models/src/views';
const OUT = 'libs/read-models/src/generated/definition-hashes.ts';
const DOMAIN = 'libs/domain/src';
/** What makes the tables of any view from its columns. */
const TABLES = ['libs/read-models/src/store/tables.ts', 'libs/read-models/src/view/columns.ts'];
const parsed = new Map();

/** A file's value imports, value exports and normalised text. */
function parse(file) {
  const known = parsed.get(file);
  if (known) return known;
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true);
  const entry = { imports: [], exports: new Set(), text: tokensOf(source) };
  for (const statement of source.statements) note(statement, entry);
  parsed.set(file, entry);
  return entry;
}

function note(statement, entry) {
  if (ts.isImportDeclaration(statement) && !statement.importClause?.isTypeOnly) {
    const bindings = statement.importClause?.namedBindings;
    const names = bindings && ts.isNamedImports(bindings) ? bindings.elements.filter((one) => !one.isTypeOnly).map((one) => (one.propertyName ?? one.name).text) : ['*'];
    entry.imports.push({ from: statement.moduleSpecifier.text, names });
  }
  if (ts.isExportDeclaration(statement) && statement.moduleSpecifier && !statement.isTypeOnly) {
    entry.imports.push({ from: statement.moduleSpecifier.text, names: ['*'] });
  }
  const exported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!exported) return;
  if (ts.isVariableStatement(statement)) for (const { name } of statement.declarationList.declarations) if (ts.isIdentifier(name)) entry.exports.add(name.text);
  if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name) entry.exports.add(statement.name.text);
}

/** The leaves of the syntax tree: a comment is none, and what stands in a template or a pattern is kept as it is. */
function tokensOf(source) {
  const tokens = [];
  const visit = (node) => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(source);
    if (children.length === 0) tokens.push(node.getText(source));
    else children.forEach(visit);
  };
  visit(source);
  return tokens.filter((token) => token !== '').join(' ');
}

const resolved = (from, specifier) => normalize(join(dirname(from), specifier)).replace(/\.js$/, '.ts');

/** Value name to the file of the domain that exports it; the barrel only passes on. */
const domainExports = new Map(
  parse(`${DOMAIN}/index.ts`).imports.flatMap(({ from }) => {
    const file = resolved(`${DOMAIN}/index.ts`, from);
    return [...parse(file).exports].map((name) => [name, file]);
  }),
);

function targetsOf(file, { from, names }) {
  if (from === '@assay/domain') return names.flatMap((name) => domainExports.get(name) ?? []);
  if (!from.startsWith('.')) return [];
  const target = resolved(file, from);
  return target.startsWith(DOMAIN) || target.startsWith(VIEWS) ? [target] : [];
}

function closureOf(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const one of parse(file).imports) for (const target of targetsOf(file, one)) closureOf(target, seen);
  return seen;
}

function viewOf(file) {
  const text = readFileSync(file, 'utf8');
  const name = /\bname: '([a-z][a-z0-9_]*)'/.exec(text)?.[1];
  const version = /\bversion: (\d+)/.exec(text)?.[1];
  if (!name || !version) throw new Error(`${file}: a projector states its view's name and version`);
  const hash = createHash('sha256');
  for (const source of [...TABLES, ...closureOf(file)].sort()) hash.update(`${source}\n${parse(source).text}\n`);
  return [`${name}__v${version}`, hash.digest('hex')];
}

const views = readdirSync(VIEWS)
  .filter((name) => name.endsWith('.projector.ts'))
  .map((name) => viewOf(join(VIEWS, name)))
  .sort(([a], [b]) => (a < b ? -1 : 1));
const text = [
  '// Do not edit: node scripts/definition-hashes.mjs writes this file.',
  '',
  '/** SHA-256 of what each view version is defined by (`architecture.md`, Read models, Versions). */',
  'export const definitionHashes: Readonly<Record<string, string>> = {',
  ...views.map(([name, hash]) => `  ${name}: '${hash}',`),
  '};',
  '',
].join('\n');
if (!process.argv.includes('--check')) writeFileSync(OUT, text);
else if (readFileSync(OUT, 'utf8') !== text) {
  process.stderr.write(`${OUT} is stale: a view's definition has changed. Raise the view's version where its documents change, then run node scripts/definition-hashes.mjs\n`);
  process.exitCode = 1;
}
