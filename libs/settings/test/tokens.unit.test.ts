import { describe, expect, test } from 'vitest'
import { findToken, hashToken, mayActAs, parseTokens, ROLES } from '../src/tokens.ts'
import { isInScope, scopeInWords } from '../src/trader-scope.ts'

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
      {
        principal: { name: 'ops', role: 'operate' },
        sha256: hashToken(TOKEN),
        expires: Date.parse('2027-01-01T00:00:00Z'),
      },
      { principal: { name: 'grafana', role: 'read' }, sha256, expires: null },
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
    expect(find(TOKEN)?.principal.name).toBe('ops')
    expect(find(OTHER)?.principal.name).toBe('me')
  })

  test.each(['', TOKEN.slice(1), `${TOKEN}0`, TOKEN.toUpperCase(), hashToken(TOKEN).toString('hex'), 'ops'])(
    'and "%s" is not',
    (token) => expect(find(token)).toBeNull(),
  )
})

test('a bot has the traders that its token names, and those that begin as it says', () => {
  const tokens = read([{ name: 'desk', role: 'bot', traders: ['bot1', 'flags-1', 'desk-*'], token: TOKEN }])
  const principal = tokens.ok ? tokens.value[0]?.principal : undefined
  if (principal?.role !== 'bot') return expect.fail(JSON.stringify(tokens))

  const ids = ['bot1', 'flags-1', 'desk-', 'desk-7', 'bot', 'bot11', 'Bot1', 'desk', 'my-desk-1', '', '*', 'desk-*']
  expect(ids.filter((id) => isInScope(principal.traders, id))).toEqual(['bot1', 'flags-1', 'desk-', 'desk-7', 'desk-*'])
  expect(scopeInWords(principal.traders)).toBe('"bot1", "flags-1" and those that begin with "desk-"')
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
    ['an unknown role', [{ ...whole, role: 'root' }], 'role must be "read", "operate", "admin" or "bot", got "root"'],
    ['neither token nor hash', [{ name: 'a', role: 'read' }], 'needs either token or sha256'],
    ['both', [{ ...whole, sha256: 'a'.repeat(64) }], 'needs either token or sha256'],
    ['a short token', [{ ...whole, token: 'short-secret' }], 'token must be 32 to 512'],
    ['a token with a blank', [{ ...whole, token: `${TOKEN} secret` }], 'token must be 32 to 512'],
    ['a number as token', [{ ...whole, token: 12345678901234 }], 'token must be 32 to 512'],
    ['a hash of another length', [{ name: 'a', role: 'read', sha256: 'ab' }], 'sha256 must be the 64 hexadecimal'],
    ['an expiry that is no time', [{ ...whole, expires: 'tomorrow' }], 'expires must be a time'],
    ['a bot without traders', [{ ...whole, role: 'bot' }], 'traders is missing: a bot needs the ids of its traders'],
    ['a bot of no trader', [{ ...whole, role: 'bot', traders: [] }], 'traders must be a list of 1 to 100'],
    ['a bot of every trader', [{ ...whole, role: 'bot', traders: ['*'] }], 'name at least the first letters'],
    ['a star in the middle', [{ ...whole, role: 'bot', traders: ['a*b'] }], 'trader id "a*b" must be 1 to 64'],
    [
      'a prefix with two stars',
      [{ ...whole, role: 'bot', traders: ['a**'] }],
      'must be the first letters of an id and one',
    ],
    ['a bot of configuration', [{ ...whole, role: 'bot', traders: ['flags'] }], 'is reserved for configuration'],
    ['a trader that is no text', [{ ...whole, role: 'bot', traders: [7] }], 'traders: 7 is not an id'],
    ['an operator of one trader', [{ ...whole, traders: ['bot1'] }], 'traders belongs to the role "bot"'],
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
