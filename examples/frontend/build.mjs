/**
 * Bundles both frontends into dist/, each a page of its own, and their walks without a browser for Node:
 * node build.mjs [--serve]. Run `npm run generate` first.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { context } from 'esbuild';

const FRONTENDS = ['urql', 'relay'];
const TAGGED = /graphql`\s*(?:query|mutation|subscription|fragment)\s+(\w+)[^`]*`/g;
const PORT = 8000;

/** Puts what relay-compiler made in the place of each graphql tag, as Relay's plugins for other bundlers do. */
const relayTags = {
  name: 'relay-tags',
  setup({ onLoad }) {
    onLoad({ filter: /\/relay\/\w+\.tsx?$/ }, async ({ path }) => {
      const names = [];
      const source = (await readFile(path, 'utf8')).replace(TAGGED, (_, name) => {
        names.push(name);
        return `compiled${name}`;
      });
      const imports = names.map((name) => `import compiled${name} from './__generated__/${name}.graphql.ts';`);
      return { contents: [...imports, source].join('\n'), loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};
const page = (name) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Appraisals, with ${name}</title>
    <link rel="stylesheet" href="../style.css">
  </head>
  <body>
    <div id="root"></div>
    <script type="module" src="main.js"></script>
  </body>
</html>
`;

async function main() {
  for (const name of FRONTENDS) {
    await mkdir(`dist/${name}`, { recursive: true });
    await writeFile(`dist/${name}/index.html`, page(name));
  }
  await copyFile('core/style.css', 'dist/style.css');
  const shared = { bundle: true, outbase: '.', outdir: 'dist', plugins: [relayTags], logLevel: 'warning' };
  const pages = await context({ ...shared, entryPoints: FRONTENDS.map((name) => `${name}/main.tsx`), format: 'esm', jsx: 'automatic', define: { 'process.env.NODE_ENV': '"production"' }, minify: true });
  const walks = await context({ ...shared, entryPoints: FRONTENDS.map((name) => `${name}/walk.ts`), format: 'cjs', platform: 'node', outExtension: { '.js': '.cjs' } });
  await Promise.all([pages.rebuild(), walks.rebuild()]);
  await walks.dispose();
  if (!process.argv.includes('--serve')) return pages.dispose();
  await pages.watch();
  await pages.serve({ servedir: 'dist', port: PORT, host: '127.0.0.1' });
  for (const name of FRONTENDS) process.stdout.write(`http://localhost:${String(PORT)}/${name}/\n`);
}

await main();
