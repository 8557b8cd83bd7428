import { describe, expect, test } from 'vitest'
import { findToken, hashToken, mayActAs, parseTokens, ROLES } from '../src/tokens.ts'

const TOKEN = 'a-token-of-the-operator-000000000'
const OTHER = 'a-token-of-another-one-0000000000'

const read = (list: unknown) => parseTokens(JSON.stringify(list))

test('a token is kept as its hash, whether the token is written or its hash', () => {
  const sha256 = hashToken(OTHER)
  const tokens = read([
    { name: 'ops', role: 'operate', token: TOKEN, expires: '2027-01-01T00:00:00Z' },
    { name: 'grafana', role: 'read', sha256: sha256.toString('hex').toUpperCase(), expires: null },
  ])

  expect(tokens).toEqual({
    ok: true,
    value: [
      { name: 'ops', role: 'operate', sha256: hashToken(TOKEN), expires: Date.parse('2027-01-01T00:00:00Z') },
      { name: 'grafana', role: 'read', sha256, expires: null },
    ],
  })
})

describe('a token is found', () => {
  const tokens = read([
    { name: 'ops', role: 'operate', token: TOKEN },
    { name: 'me', role: 'admin', token: OTHER },
  ])
  const find = (token: string) => (tokens.ok ? findToken(tokens.value, token) : null)

  test('wherever it is in the list', () => {
    expect(find(TOKEN)?.name).toBe('ops')
    expect(find(OTHER)?.name).toBe('me')
  })

  test.each(['', TOKEN.slice(1), `${TOKEN}0`, TOKEN.toUpperCase(), hashToken(TOKEN).toString('hex'), 'ops'])(
    'and "%s" is not',
    (token) => expect(find(token)).toBeNull(),
  )
})

test('a role may do what those below it may, and no more', () => {
  const may = ROLES.map((role) => ROLES.filter((needed) => mayActAs(role, needed)))

  expect(may).toEqual([['read'], ['read', 'operate'], ['read', 'operate', 'admin']])
})

describe('tokens are refused', () => {
  const whole = { name: 'ops', role: 'operate', token: TOKEN }

  test.each([
    ['an object', { ops: TOKEN }, 'must be a list of at least one'],
    ['an empty list', [], 'must be a list of at least one'],
    ['a bare token', [TOKEN], 'token 1: must be an object'],
    ['a list in the list', [[TOKEN]], 'token 1: must be an object'],
    ['no name', [{ role: 'read', token: TOKEN }], 'token 1: name is missing'],
    ['a name with a line break', [{ ...whole, name: 'a\nb' }], 'token 1: name must be'],
    ['an unknown role', [{ ...whole, role: 'root' }], 'role must be "read", "operate" or "admin", got "root"'],
    ['neither token nor hash', [{ name: 'a', role: 'read' }], 'needs either token or sha256'],
    ['both', [{ ...whole, sha256: 'a'.repeat(64) }], 'needs either token or sha256'],
    ['a short token', [{ ...whole, token: 'short-secret' }], 'token must be 32 to 512'],
    ['a token with a blank', [{ ...whole, token: `${TOKEN} secret` }], 'token must be 32 to 512'],
    ['a number as token', [{ ...whole, token: 12345678901234 }], 'token must be 32 to 512'],
    ['a hash of another length', [{ name: 'a', role: 'read', sha256: 'ab' }], 'sha256 must be the 64 hexadecimal'],
    ['an expiry that is no time', [{ ...whole, expires: 'tomorrow' }], 'expires must be a time'],
    ['an unknown field', [{ ...whole, roles: ['admin'] }], 'unknown field "roles", did you mean "role"?'],
    ['the same token twice', [whole, { ...whole, name: 'me' }], 'token 2: is the token of another entry'],
  ])('where there is %s', (_name, list, reason) => {
    expect(read(list)).toEqual({ ok: false, reason: expect.stringContaining(reason) })
  })

  test('with every fault at once', () => {
    const tokens = read([{ ...whole, role: 'root', expires: 'never' }, { name: '', role: 'read', token: 'short' }, 7])

    expect(tokens.ok ? [] : tokens.reason.split('; ')).toHaveLength(5)
  })

  test.each([
    ['what is no JSON', `[{"name": "ops", "role": "read", "token": "${TOKEN}"`],
    ['a word beside JSON', `[{"name": "ops", "role": "read", "token": ${TOKEN}}]`],
    ['a bare token', JSON.stringify([TOKEN])],
    ['a token that is too short', JSON.stringify([{ ...whole, token: TOKEN.slice(0, 31) }])],
    ['a token as a hash', JSON.stringify([{ name: 'ops', role: 'read', sha256: TOKEN }])],
    ['a token twice', JSON.stringify([whole, whole])],
  ])('without saying the token again: %s', (_name, text) => {
    const tokens = parseTokens(text)

    expect(tokens.ok).toBe(false)
    expect(JSON.stringify(tokens)).not.toContain(TOKEN.slice(0, 10))
  })
})
