import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLogger } from '../src/log.ts'

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
