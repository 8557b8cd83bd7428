import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { callProgram } from '@drawbridge/testing'
import { expect, test } from 'vitest'
import { COMMANDS } from '../commands.ts'
import { completionOf } from '../completion.ts'

const run = promisify(execFile)
const script = async (shell: string) =>
  (await callProgram((context) => completionOf(COMMANDS).run([shell], context))).stdout

/** What bash offers for a line; the traders are those that the function `drawbridge` tells. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const line = words.map((word) => `'${word}'`).join(' ')
  const { stdout } = await run('bash', [
    '-c',
    `${await script('bash')}
drawbridge() { [[ "$*" == "completion traders" ]] && printf 'bot1\\nbot2\\nother\\n'; }
COMP_WORDS=(drawbridge ${line}); COMP_CWORD=${words.length}; _drawbridge; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ])
  return stdout.trim().split('\n')
}

test.each([
  [['pa'], ['pause']],
  [['re'], ['resume', 'restart', 'rebuild']],
  [
    ['pause', 'bot'],
    ['bot1', 'bot2'],
  ],
  [['pause', 'bot1', '--re'], ['--reason']],
  [['limits', 's'], ['set']],
  [['limits', 'set', 'o'], ['other']],
  [
    ['completion', ''],
    ['bash', 'zsh'],
  ],
  [['verify', ''], ['']],
  [['status', '--w'], ['--watch']],
])('bash completes %j by %j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expected)
})

test.each([
  ['status bin', ['status', 'bin'], ['binance:btc', 'binance:eth']],
  ['status binance:', ['status', 'binance', ':'], ['btc', 'eth']],
  ['status binance:b', ['status', 'binance', ':', 'b'], ['btc']],
  ['status other bin', ['status', 'other', 'bin'], ['binance:btc', 'binance:eth']],
])('bash completes an id with a colon, at which its words end: %s', async (line, words, expected) => {
  const { stdout } = await run('bash', [
    '-c',
    `${await script('bash')}
drawbridge() { printf 'binance:btc\\nbinance:eth\\nother\\n'; }
COMP_LINE='drawbridge ${line}'; COMP_POINT=\${#COMP_LINE}; COMP_WORDBREAKS=' :='
COMP_WORDS=(drawbridge ${words.join(' ')}); COMP_CWORD=${words.length}; _drawbridge; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ])
  expect(stdout.trim().split('\n')).toEqual(expected)
})

test('every command is offered, and --help of each', async () => {
  expect(await offered('')).toEqual(COMMANDS.map(({ name }) => name))
  for (const { name } of COMMANDS) expect(await offered(name, '--hel'), name).toEqual(['--help'])
})

test('zsh is told every command with what it does', async () => {
  const text = await script('zsh')
  expect(text).toContain('compdef _drawbridge drawbridge')
  for (const { name, summary } of COMMANDS) expect(text).toContain(`'${name}:${summary.replaceAll(':', '\\:')}'`)
})

test('another shell is refused with those that there are', async () => {
  await expect(script('fish')).rejects.toThrow('Type: npm run drawbridge -- completion bash, or zsh')
})
