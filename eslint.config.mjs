import js from '@eslint/js';
import functional from 'eslint-plugin-functional';
import tseslint from 'typescript-eslint';
import { DOMAIN, EVERYWHERE, LIBS, READS_ENVIRONMENT, SPECS, TYPED } from './scripts/lint/house-rules.mjs';
import assay from './scripts/lint/plugin.mjs';

const NODE_GLOBALS = ['process', 'console', 'Buffer', 'URL', 'setTimeout', 'clearTimeout', 'performance', 'fetch', 'AbortController', 'TextEncoder', 'TextDecoder'];
const COMMONJS_GLOBALS = ['require', 'module', 'exports', '__dirname', '__filename'];
const readonly = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));
// Specs, and the made-up cases that several of them share.
const TEST_CODE = ['**/*.spec.ts', '**/*.fixture.ts'];
// A chapter of a spec that has several, in a file of its own.
const CHAPTERS = ['**/*.journey.ts'];
const UNSAFE = ['assignment', 'member-access', 'argument', 'call', 'return'].map((what) => `@typescript-eslint/no-unsafe-${what}`);

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'bench/node_modules/', 'coverage/', '.assay/', '**/generated/', 'test/guards/fixtures/', 'examples/frontend/'] },
  // The linter is not switched off in a comment; assay/comments reports the attempt.
  { linterOptions: { noInlineConfig: true }, plugins: { assay, functional } },
  js.configs.recommended,
  // The log refuses U+0000 and its neighbours, so that expressions have to name them.
  { rules: { ...EVERYWHERE, 'no-control-regex': 'off' } },
  {
    files: ['**/*.{cjs,mjs}'],
    languageOptions: { globals: readonly(NODE_GLOBALS) },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: readonly(COMMONJS_GLOBALS) },
  },
  {
    // Read by whatever Node a stranger has, so that it can name the one it needs.
    files: ['scripts/{start,test,assay,node-version}.cjs'],
    languageOptions: { ecmaVersion: 5 },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...TYPED,
      // A function that answers with a promise because its port does needs no await of its own.
      '@typescript-eslint/require-await': 'off',
      // `Cursor | typeof START` says more than `string`, though the compiler sees no difference.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
    },
  },
  { files: ['apps/*/config.ts', 'apps/*/src/config.ts', 'scripts/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts'], rules: READS_ENVIRONMENT },
  // Where bytes become types, casting is the trade.
  { files: ['**/codec.ts', '**/*-codec.ts', '**/codec/*.ts'], rules: { 'assay/cast-says-why': 'off' } },
  { files: ['libs/**/*.ts'], ignores: TEST_CODE, rules: LIBS },
  { files: ['libs/domain/src/**/*.ts'], ignores: TEST_CODE, rules: DOMAIN },
  {
    // The one class of the domain: it has to be thrown through code that knows nothing of it.
    files: ['libs/domain/src/kernel/defect.ts'],
    rules: { 'functional/no-classes': 'off', 'functional/no-this-expressions': 'off' },
  },
  {
    files: ['**/*.spec.ts', ...CHAPTERS],
    rules: {
      ...SPECS,
      '@typescript-eslint/unbound-method': 'off',
      // Vectors of number formats need such literals.
      'no-loss-of-precision': 'off',
      // An answer read as JSON is `any`; a spec asserts its whole shape anyway.
      ...Object.fromEntries(UNSAFE.map((rule) => [rule, 'off'])),
    },
  },
);
