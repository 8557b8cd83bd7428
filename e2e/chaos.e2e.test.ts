import { fileURLToPath } from 'node:url'
import { spawnProgram } from '@drawbridge/testing'
import { expect, test } from 'vitest'

const CHAOS = fileURLToPath(new URL('./chaos/chaos.ts', import.meta.url))
const SEED = 7

const chaos = (...words: readonly string[]) => spawnProgram(CHAOS, words)

test('under kills and frozen processes nothing that was acknowledged is lost, and no gate opens that must be closed', async () => {
  const { code, stdout, stderr } = await chaos('--seed', String(SEED), '--minutes', '0.5', '--json')
  expect(JSON.parse(stdout || '{}'), stderr).toMatchObject({ seed: SEED, violations: [] })
  expect(code).toBe(0)
})

test('chaos says what it does, and refuses a run without end', async () => {
  expect(await chaos('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--seed') })
  expect(await chaos('--minutes', '601')).toMatchObject({ code: 2, stderr: expect.stringContaining('from 0.1 to 600') })
  expect(await chaos('--seed', 'seven')).toMatchObject({ code: 2, stderr: expect.stringContaining('--seed') })
})
