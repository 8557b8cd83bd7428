import { expect, test } from 'vitest'
import { OpenedAccount, type Secrets } from '../src/outbound/opened-account.ts'
import type { Account, ReadAnswer } from '../src/port.ts'

const OLD = 'the-old-key-123456'
const NEW = 'the-new-key-654321'

/** An account whose answer a test gives, and the keys that it was opened with. */
function openedWith(answerWith: (key: string) => ReadAnswer, more: Partial<Account> = {}) {
  const file: { secrets: Secrets | Error } = { secrets: { key: OLD } }
  const keys: string[] = []
  const opened = new OpenedAccount(
    {
      readSecrets: () => {
        if (file.secrets instanceof Error) throw file.secrets
        return file.secrets
      },
      open: ({ key = '' }) => {
        keys.push(key)
        return { readEquity: async () => answerWith(key), block: null, unblock: null, ...more }
      },
      alsoSecret: ['in-an-address'],
    },
    new AbortController().signal,
  )
  return { file, keys, opened, read: () => opened.call((account, signal) => account.readEquity(signal)) }
}

const failing = (reason: string, kind: 'temporary' | 'refused' = 'temporary') => ({ kind, reason }) as const

test('no failure that leaves an account tells its secrets', async () => {
  const { read } = openedWith((key) => failing(`the key ${key} of in-an-address is not valid`))
  expect(await read()).toEqual(failing('the key *** of *** is not valid'))
})

test('a secret that is a word of ours changes nothing but the words for people', async () => {
  const { file, read } = openedWith((key) => ({ ...failing(`not ${key}`, 'refused'), advice: `another ${key}` }))
  file.secrets = { key: 'refused' }
  expect(await read()).toEqual({ kind: 'refused', reason: 'not ***', advice: 'another ***' })
})

test('neither does what the account throws', async () => {
  const { read } = openedWith((key) => {
    throw new Error(`cannot use ${key}`)
  })
  expect(await read()).toEqual(failing('cannot use ***'))
})

test('neither does what it tells of itself, nor what it answers to the other side', async () => {
  const { opened } = openedWith(() => failing(''), {
    examine: async () => ({
      fields: [['url', `x?key=${OLD}`]],
      clock: null,
      rights: { read: null, trade: null, withdraw: null },
      notes: [OLD],
    }),
    receive: async () => ({ status: 424, body: { reason: `no ${OLD}` } }),
  })
  expect(await opened.examine()).toMatchObject({ fields: [['url', 'x?key=***']], notes: ['***'] })
  expect(await opened.receiver?.({ path: '', body: '', headers: {} })).toEqual({
    status: 424,
    body: { reason: 'no ***' },
  })
})

test('a key that is replaced in its file counts at the next call, although the old one is still accepted', async () => {
  const { file, keys, opened, read } = openedWith((key) => failing(key))
  await read()
  await read()
  expect(keys).toEqual([OLD])

  file.secrets = { key: NEW }
  expect(opened.hasNewSecrets()).toBe(true)
  await read()
  expect(opened.hasNewSecrets()).toBe(false)
  expect(keys).toEqual([OLD, NEW])
})

test('the old key stays a secret, too', async () => {
  const { file, read } = openedWith(() => failing(`${OLD} was replaced by ${NEW}`))
  await read()
  file.secrets = { key: NEW }
  expect(await read()).toEqual(failing('*** was replaced by ***'))
})

test('while a file cannot be read, the account stays open with the key it has', async () => {
  const { file, keys, read } = openedWith((key) => failing(key))
  await read()
  file.secrets = new Error('the file is missing')
  expect(await read()).toMatchObject({ kind: 'temporary' })
  expect(keys).toEqual([OLD])
})

test('after a refusal the file is read again, and a file that cannot be read is told', async () => {
  const { file, keys, read } = openedWith((key) => failing(key, 'refused'))
  await read()
  await read()
  expect(keys).toEqual([OLD, OLD])
  file.secrets = new Error('the file is missing')
  expect(await read()).toEqual(failing('the file is missing', 'refused'))
})

test('an account that is opened again is closed before, and one that cannot be closed holds nothing', async () => {
  const steps: string[] = []
  const { file, read } = openedWith(
    (key) => {
      steps.push(key)
      return failing(key)
    },
    {
      close: async () => {
        steps.push('closed')
        throw new Error('not possible')
      },
    },
  )
  await read()
  file.secrets = { key: NEW }
  await read()
  expect(steps).toEqual([OLD, 'closed', NEW])
})
