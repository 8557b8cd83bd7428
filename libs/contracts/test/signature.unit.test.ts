import { type Signer, signedBy } from '@drawbridge/contracts'
import { expect, it } from 'vitest'

const ann: Signer = { kind: 'user', user: 'ann' }
const http: Signer = { kind: 'http' }
const nobody: Signer = { kind: 'nobody' }

it.each<[string, Signer, { by: string | null; onBehalfOf?: string }, object]>([
  ['a user is who NATS says', ann, { by: null }, { by: 'ann' }],
  ['a user that names another speaks for that one', ann, { by: 'bob' }, { by: 'ann', onBehalfOf: 'bob' }],
  ['a user that names itself speaks for itself', ann, { by: 'ann' }, { by: 'ann' }],
  ['a user says for whom', ann, { by: 'bob', onBehalfOf: 'eve' }, { by: 'ann', onBehalfOf: 'eve' }],
  ['the HTTP API says who', http, { by: 'bob', onBehalfOf: 'eve' }, { by: 'bob', onBehalfOf: 'eve' }],
  ['the HTTP API that names nobody', http, { by: null }, { by: 'http' }],
  [
    'of a claim nothing is proven',
    nobody,
    { by: 'bob', onBehalfOf: 'eve' },
    { by: 'unverified:bob', onBehalfOf: 'eve' },
  ],
  ['without a claim nobody is named', nobody, { by: null }, { by: null }],
])('%s', (_what, signer, claim, author) => {
  const resume = { kind: 'resume', holders: null, rebase: false, admin: false, reason: 'r' } as const

  expect(signedBy(signer, { ...resume, ...claim })).toEqual({ ...resume, ...author })
})

it('nobody gives a wake-up', () => {
  expect(signedBy(nobody, { kind: 'wake' })).toEqual({ kind: 'wake' })
})
