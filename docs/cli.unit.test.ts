import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COMMANDS } from '../scripts/cli/commands.ts'

test('docs/cli has a section for each command, in the order in which the help lists them', () => {
  const page = readFileSync(new URL('cli.md', import.meta.url), 'utf8')
  const sections = [...page.matchAll(/^## `(.+)`$/gm)].map(([, name]) => name)
  expect(sections).toEqual(COMMANDS.map(({ name }) => name))
})

const PAGE = readFileSync(new URL('cli.md', import.meta.url), 'utf8')
const EXAMPLES = [...PAGE.matchAll(/^npm run (?:--silent )?drawbridge -- (.+)$/gm)].map(([, line = '']) => line)

test.each(EXAMPLES)('the example "%s" has options that the help of its command knows', async (line) => {
  const [name, ...rest] = line.split(' ')
  const { help } =
    (await COMMANDS.find((command) => command.name === name)?.load()) ?? expect.fail(`no command ${name}`)
  for (const option of rest.filter((word) => word.startsWith('--'))) expect(help).toContain(option)
})

test.each(COMMANDS)(
  'the help of $name says how it is called, what it exits with, and fits a terminal',
  async ({ name, load }) => {
    const { help } = await load()
    expect(help).toContain(`npm run drawbridge -- ${name}`)
    expect(help).toMatch(/Exit codes?/)
    expect(help).toMatch(/^ {2}--help /m)
    for (const line of help.split('\n')) expect(line.length, line).toBeLessThanOrEqual(130)
  },
)
