import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createLogger } from '../src/log.ts'

const ESCAPE = '\u001b['

test.each([
  ['a header', { authorization: 'Bearer s3cret' }],
  ['headers', { headers: { authorization: 'Bearer s3cret' } }],
  ['a request', { req: { headers: { authorization: 'Bearer s3cret' } } }],
  ['an entry of tokens', { entry: { name: 'me', token: 's3cret' } }],
  ['settings of a connection', { connection: { user: 'me', password: 's3cret' } }],
])('a secret that is logged by mistake is not said: %s', (_name, fields) => {
  const lines: string[] = []
  const output = new Writable({ write: (line, _encoding, done) => done(void lines.push(`${line}`)) })

  createLogger('test', 'info', output).info(fields, 'what should not be logged')

  expect(lines).toEqual([expect.stringContaining('what should not be logged')])
  expect(lines.join()).not.toContain('s3cret')
})

/** What a logger writes to an output. */
function written(isTTY: boolean): string {
  const lines: string[] = []
  const output = new Writable({ write: (line, _encoding, done) => done(void lines.push(`${line}`)) })
  const log = createLogger('trader', 'info', Object.assign(output, { isTTY }))
  log.warn({ bar: 7, err: new Error('connection refused') }, 'a bar was not acknowledged')
  return lines.join('')
}

describe('a log', () => {
  afterEach(() => vi.unstubAllEnvs())

  test('is JSON where no terminal is, without colours', () => {
    const line = written(false)
    expect(JSON.parse(line)).toMatchObject({
      level: 40,
      service: 'trader',
      bar: 7,
      err: { message: 'connection refused' },
    })
    expect(line).not.toContain(ESCAPE)
  })

  test('is a line for people on a terminal, in colours and without a stack trace', () => {
    const line = written(true)
    expect(stripVTControlCharacters(line)).toMatch(
      /^\[\d\d:\d\d:\d\d\] WARN: trader: a bar was not acknowledged: connection refused \{"bar":7\}\n$/,
    )
    expect(line).toContain(ESCAPE)
  })

  test('has no colours where nobody wants them', () => {
    vi.stubEnv('NO_COLOR', '1')
    expect(written(true)).not.toContain(ESCAPE)
  })
})
