import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COMMANDS } from '../scripts/cli/commands.ts'

test('docs/cli has a section for each command, in the order in which the help lists them', () => {
  const page = readFileSync(new URL('cli.md', import.meta.url), 'utf8')
  const sections = [...page.matchAll(/^## `(.+)`$/gm)].map(([, name]) => name)
  expect(sections).toEqual(COMMANDS.map(({ name }) => name))
})
