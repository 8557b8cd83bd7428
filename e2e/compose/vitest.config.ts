import { defineConfig } from 'vitest/config'

/** `npm run test:compose`: apart from the other tests, because it needs Docker, builds an image and takes minutes. */
export default defineConfig({
  test: {
    include: ['e2e/compose/*.docker.test.ts'],
    root: new URL('../..', import.meta.url).pathname,
    pool: 'forks',
    fileParallelism: false,
    // Each test continues where the previous one ended.
    bail: 1,
    testTimeout: 180_000,
    hookTimeout: 600_000,
    reporters: ['verbose'],
  },
})
