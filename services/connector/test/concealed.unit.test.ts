import { expect, test } from 'vitest'
import { concealed, secretsInAddresses } from '../src/core/concealed.ts'

const SECRET = 'p@ss/w0rd+of=length"1'

test.each([
  ['as it is', `it answers 403: the key ${SECRET} is revoked`],
  ['in an address', `no such key: ${encodeURIComponent(SECRET)}`],
  ['in an address, with small letters', `no such key: ${encodeURIComponent(SECRET).toLowerCase()}`],
  ['in a form', `no such key: ${new URLSearchParams([['key', SECRET]])}`],
  ['in JSON', `it answers ${JSON.stringify({ key: SECRET })}`],
  ['in base64', `no such key: ${btoa(SECRET)}`],
  ['with a user before it in base64', `who is ${btoa(`freqtrader:${SECRET}`)}?`],
  ['with another user before it in base64', `who is ${btoa(`admin:${SECRET}`)}?`],
  ['with yet another user before it in base64', `who is ${btoa(`freqtrade1:${SECRET}`)}?`],
  ['in base64 for addresses', `no such key: ${Buffer.from(SECRET).toString('base64url')}`],
])('a secret is taken out of a text %s', (_how, text) => {
  const told = concealed(text, [SECRET])
  expect(told).toContain('***')
  expect(told).not.toMatch(/w0rd|length|BzcyI6|w0cmQ/i)
  for (const word of text.split(' ').slice(0, 2)) expect(told).toContain(word)
})

test('no part of a secret is left where a text was cut in the middle of it', () => {
  expect(concealed(`it answers 500: ${SECRET.slice(0, 12)}...`, [SECRET])).toBe('it answers 500: ***...')
  expect(concealed(`${SECRET.slice(-12)} is wrong`, [SECRET])).toBe('*** is wrong')
})

test('each line of a key is taken out, also where the lines are joined', () => {
  const lines = ['-----BEGIN EC PRIVATE KEY-----', 'MHcCAQEEIOabcdefgh', 'AwEHoUQDQgAEijklmnop', '-----END']
  const told = concealed(`cannot parse ${lines.join(' ')} here`, [lines.join('\n')])
  expect(told).not.toMatch(/MHcC|efgh|AwEH|mnop/)
  expect(told).toMatch(/^cannot parse .* here$/)
})

test('a word of a passphrase is no secret, and the passphrase is one', () => {
  const told = concealed('incorrect: correct horse battery staple', ['correct horse battery staple'])
  expect(told).toBe('incorrect: ***')
})

test('a short secret is taken out where it is a word, and leaves other words as they are', () => {
  expect(concealed('it answers 401: key 4 of 44', ['4'])).toBe('it answers 401: key *** of 44')
})

test.each([
  ['a user and a password', 'cannot use http://user:hunter2@bank.test/x', 'cannot use http://***@bank.test/x'],
  ['a query', 'no answer of https://bank.test/x?apikey=abc&y=1 yet', 'no answer of https://bank.test/x?*** yet'],
  ['a token of a header', 'not valid: Bearer abcdefgh12345', 'not valid: Bearer ***'],
  ['a token that tells itself', 'expired: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.abc', 'expired: ***'],
])('%s is no text for people, whosever it is', (_what, text, told) => {
  expect(concealed(text, [])).toBe(told)
})

test('an address without a secret stays as it is', () => {
  const text = 'it answers 302, a redirect to https://bank.test/a@b/c; write that address'
  expect(concealed(text, [SECRET])).toBe(text)
})

test('the passwords and long values in addresses of settings are secrets, too', () => {
  const written = {
    equity_url: 'https://bank.test/x?apikey=abcdefgh1&n=5',
    headers: { a: 'https://user:hun%24ter@bank.test' },
  }
  expect(secretsInAddresses(written)).toEqual(['abcdefgh1', 'hun$ter'])
})
