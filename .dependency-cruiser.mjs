/**
 * Who may import whom. `npm run boundaries` holds it over the real graph, as part of `npm run lint`.
 */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Packages whose inside is their own: others import what their package.json exports. */
const PACKAGES = ['libs/*', 'services/*', 'infra/migrations', 'scripts/cli'].flatMap((pattern) => globSync(pattern))
const exact = (file) => `^${file.replaceAll('.', '[.]')}$`
const ENTRY_POINTS = PACKAGES.flatMap((folder) => {
  const { exports = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
  return Object.values(exports).map((target) => exact(path.posix.join(folder, target)))
})

/** Decides, and does nothing else: time and inputs come in, decisions go out. */
const PURE = '^libs/(contracts|risk-engine)/src/|^(libs|services)/[^/]+/src/core/'
const TESTS = '[.]test[.]ts$|(^|/)test/'
const PROGRAMS = '^(services|scripts|simulation|e2e|bench)/'

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Data flows one way. What two files need of each other belongs in a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-inside',
      comment: 'A package imports of another what that one exports in its package.json.',
      severity: 'error',
      from: { path: '^((?:libs|services)/[^/]+|infra/migrations|scripts/cli|scripts|simulation|e2e|bench)/' },
      to: { path: '^(libs|services)/[^/]+/|^infra/migrations/|^scripts/cli/', pathNot: ['^$1/', ...ENTRY_POINTS] },
    },
    {
      name: 'no-inside-of-the-cli',
      comment: 'The other scripts import of the command line what its package.json exports.',
      severity: 'error',
      from: { path: '^scripts/', pathNot: '^scripts/cli/' },
      to: { path: '^scripts/cli/', pathNot: ENTRY_POINTS },
    },
    {
      name: 'services-are-apart',
      comment: 'A service never imports another: what both need belongs in a lib.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'libs-know-no-program',
      comment: 'A lib never imports a program; libs/testing alone starts services.',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/', pathNot: '^libs/testing/' },
      to: { path: PROGRAMS },
    },
    {
      name: 'pure-code',
      comment: 'Pure code does no I/O and reads no clock. Time comes in with the input.',
      severity: 'error',
      from: { path: PURE },
      to: {
        path: '^libs/(client|nats|service-kit|settings|dev-stack|testing)/|^infra/|^node_modules/(@nats-io|pg|pg-[^/]+|drizzle-orm|fastify|pino|prom-client)/',
        pathNot: '/src/core/',
      },
    },
    {
      name: 'pure-code-without-node',
      comment: 'Pure code does no I/O and reads no clock. Time comes in with the input.',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'engine-needs-contracts-alone',
      comment: 'The rules can be read, and run in a browser, without anything else of the system.',
      severity: 'error',
      from: { path: '^libs/risk-engine/src/' },
      to: { path: '^(libs|services|infra|scripts)/', pathNot: '^libs/(risk-engine|contracts)/' },
    },
    {
      name: 'contracts-need-nothing',
      comment: 'What crosses the wire stands for itself.',
      severity: 'error',
      from: { path: '^libs/contracts/src/' },
      to: { path: '^(libs|services|infra|scripts)/', pathNot: '^libs/contracts/' },
    },
    {
      name: 'without-schemas',
      comment: 'What runs in a browser loads no schema library: it is large, and compiles code, which pages forbid.',
      severity: 'error',
      from: {
        path: '^libs/contracts/src/pure[.]ts$|^libs/risk-engine/src/(pure|what-if)[.]ts$|^services/console/page/src/views/what-if/worker/',
      },
      to: { path: '^node_modules/typebox/', reachable: true },
    },
    {
      name: 'page-runs-in-a-browser',
      comment: 'The page takes types alone of the console, and no code that needs a server.',
      severity: 'error',
      from: { path: '^services/console/page/src/' },
      to: {
        path: '^(libs|services|infra|scripts)/',
        pathNot: '^services/console/page/|^libs/(contracts|risk-engine)/src/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'page-without-node',
      comment: 'A browser has no modules of Node.js.',
      severity: 'error',
      from: { path: '^services/console/page/src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-tests-in-production',
      comment: 'Production code imports no test, and nothing that is made for tests but the tags of images.',
      severity: 'error',
      from: { path: '^(libs|services|infra|scripts)/', pathNot: [TESTS, '^libs/testing/'] },
      to: { path: [TESTS, '^libs/testing/'], pathNot: '^libs/testing/images[.]json$' },
    },
    {
      name: 'declared-dependencies',
      comment:
        'A package from npm stands in the package.json of the package that imports it, or in the one at the root.',
      severity: 'error',
      from: { path: '^(libs|services|infra|scripts|simulation|e2e|bench)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What is built from the page is checked by its sources.
    exclude: { path: '^services/console/page/dist' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
