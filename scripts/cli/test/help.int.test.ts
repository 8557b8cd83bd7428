import { runCommandWith } from '@drawbridge/testing/run-command'
import { expect, test } from 'vitest'
import { COMMANDS } from '../commands.ts'

test('without a command the help names each of them, and the command line is not valid', async () => {
  const { code, stdout } = await runCommandWith({})
  expect(code).toBe(2)
  for (const { name, summary } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'))
})

test('a command that there is not is refused by its name', async () => {
  const { code, stdout, stderr } = await runCommandWith({}, 'verfy')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('there is no command "verfy", did you mean "verify"?')
  const other = await runCommandWith({}, 'fly')
  expect(other.stderr).toMatch(/^there is no command "fly"\n\nCommands for operators\./)
})

test.each(COMMANDS.map(({ name }) => name))('%s says how it is used', async (name) => {
  const { code, stdout, stderr } = await runCommandWith({}, name, '--help')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(`npm run drawbridge -- ${name}`)
})
