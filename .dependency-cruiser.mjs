/**
 * Who may import whom. `npm run boundaries` holds it over the real graph, as part of `npm run lint`.
 */

/** What other packages may import of a package; all else is its inside. */
const ENTRY_POINTS =
  '^libs/[^/]+/src/(index|program|place|processes|compile-cache)[.]ts$|^services/[^/]+/src/index[.]ts$|^infra/migrations/src/index[.]ts$|[.]json$'
/** Decides, and does nothing else: time and inputs come in, decisions go out. */
const PURE = '^libs/(contracts|risk-engine)/src/|^(libs|services)/[^/]+/src/core/'
const TESTS = '[.]test[.]ts$|(^|/)test/'

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
      name: 'services-are-apart',
      comment: 'A service never imports another: what both need belongs in a lib.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'libs-know-no-program',
      comment: 'A lib never imports a service, a script, a bench or a test of the whole system.',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/' },
      to: { path: '^(services|scripts|bench|e2e)/' },
    },
    {
      name: 'pure-code',
      comment: 'Pure code does no I/O and reads no clock. Time comes in with the input.',
      severity: 'error',
      from: { path: PURE },
      to: {
        path: '^libs/(client|nats|service-kit|settings|dev-stack|test-kit)/|^infra/|^node_modules/(@nats-io|pg|pg-[^/]+|drizzle-orm|fastify|pino|prom-client)/',
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
      name: 'no-tests-in-production',
      comment: 'Production code imports no test, and nothing that is made for tests.',
      severity: 'error',
      from: { path: '^(libs|services|infra|scripts)/', pathNot: [TESTS, '^libs/test-kit/'] },
      to: { path: [TESTS, '^libs/test-kit/'] },
    },
    {
      name: 'declared-dependencies',
      comment:
        'A package from npm stands in the package.json of the package that imports it, or in the one at the root.',
      severity: 'error',
      from: { path: '^(libs|services|infra|scripts|bench|e2e)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
export { ENTRY_POINTS }
