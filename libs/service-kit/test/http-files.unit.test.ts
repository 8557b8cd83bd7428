import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificates } from '@drawbridge/testing'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { serve } from './serve.ts'

const TOKEN = 'admin-admin-admin-admin-admin-admin'
const TOKENS = JSON.stringify([{ name: 'me', role: 'admin', token: TOKEN }])

let ours: Awaited<ReturnType<typeof makeCertificates>>
let others: Awaited<ReturnType<typeof makeCertificates>>
beforeAll(async () => {
  ours = await makeCertificates(['localhost'])
  others = await makeCertificates(['localhost'])
})

/** A folder of files, and the path of each. */
function files(contents: Readonly<Record<string, string>>): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-http-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text)
  return (name) => join(folder, name)
}

describe('a service does not start', () => {
  test('with a certificate and no key', async () => {
    const path = files({ cert: ours.server.cert })
    await expect(serve({ HTTP_TLS_CERT_FILE: path('cert') })).rejects.toThrow('only one of them is set')
  })

  test('with a key of another certificate', async () => {
    const path = files({ cert: ours.server.cert, key: others.server.key })
    const env = { HTTP_TLS_CERT_FILE: path('cert'), HTTP_TLS_KEY_FILE: path('key') }
    await expect(serve(env)).rejects.toThrow('not a PEM certificate and its key')
  })

  test('with tokens in two places', async () => {
    const path = files({ tokens: TOKENS })
    await expect(serve({ API_TOKENS: TOKENS, API_TOKENS_FILE: path('tokens') })).rejects.toThrow('set one of them')
  })

  test('and says every fault of all files at once, and no secret of them', async () => {
    const path = files({ cert: 'no certificate', tokens: `[{"name": "me", "role": "root", "token": "${TOKEN} x"}]` })
    const env = {
      API_TOKENS_FILE: path('tokens'),
      HTTP_TLS_CERT_FILE: path('cert'),
      HTTP_TLS_KEY_FILE: path('missing'),
    }

    const message = await serve(env).then(
      () => '',
      (error: Error) => error.message,
    )

    expect(message.split('\n').slice(1)).toEqual([
      expect.stringContaining('API_TOKENS_FILE: token 1: role must be'),
      expect.stringContaining('API_TOKENS_FILE: token 1: token must be'),
      expect.stringContaining('HTTP_TLS_KEY_FILE: cannot read'),
    ])
    expect(message).not.toContain(TOKEN)
  })
})
