// Which way imports point. test/guards holds, for each rule, a file on which it bites.
'use strict';

// Specs, and the made-up cases that several of them share.
const SPECS = '\\.(spec|fixture)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that import each other load in an order nobody chose, and cannot be understood or moved one by one. Take out what both need.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere: a typing slip, a missing .js, or a package that package.json does not name.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'domain-stands-alone',
      comment: 'The domain is what everything else rests on; if it knew its surroundings, no fold could be replayed without them.',
      severity: 'error',
      from: { path: '^libs/domain/' },
      to: { path: '^(libs/(?!domain/)|apps/|bench/|scripts/)' },
    },
    {
      name: 'domain-is-pure',
      comment: 'decimal.js, zod and @noble/hashes compute; anything else could read a clock, a file or a random number, and the same log would no longer give the same score.',
      severity: 'error',
      from: { path: '^libs/domain/', pathNot: SPECS },
      to: { dependencyTypesNot: ['local', 'aliased', 'type-only', 'unknown'], pathNot: ['^libs/', 'node_modules/decimal\\.js/', 'node_modules/zod/', 'node_modules/@noble/hashes/'] },
    },
    {
      name: 'event-log-knows-the-domain-only',
      comment: 'The log moves bytes and order. What is decided from it and shown of it stands above.',
      severity: 'error',
      from: { path: '^libs/event-log/' },
      to: { path: '^(libs/(?!domain/|event-log/)|apps/)' },
    },
    {
      name: 'commands-know-no-views',
      comment: 'A decision rests on folded streams at one position, never on a view that may lag. What a handler needs from views comes through the port Finder, wired in apps.',
      severity: 'error',
      from: { path: '^libs/commands/' },
      to: { path: '^(libs/(read-models|graphql|runtime|demo)/|apps/)' },
    },
    {
      name: 'views-know-no-commands',
      comment: 'A projection follows events and nothing else; one that could issue a command would make a rebuild change history.',
      severity: 'error',
      from: { path: '^libs/read-models/' },
      to: { path: '^(libs/(commands|graphql|runtime|demo)/|apps/)' },
    },
    {
      name: 'libs-know-no-apps',
      comment: 'Apps wire libs together, so that a lib can be wired otherwise: in a test, in the command line.',
      severity: 'error',
      from: { path: '^libs/(graphql|runtime|demo)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'through-the-front-door',
      comment: 'A lib promises what its index.ts exports. A deep import makes every file of it a promise.',
      severity: 'error',
      from: { path: '^(?:libs/([^/]+)|apps|bench|scripts|test)/' },
      to: { path: '^libs/[^/]+/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'What is served does not contain what tests it.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: SPECS },
      to: { path: `^(test|bench)/|${SPECS}` },
    },
    {
      name: 'no-development-packages-in-the-product',
      comment: 'npm ci --omit=dev leaves them out, and the product would not start.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: SPECS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/|^test/guards/fixtures/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
