import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findNatsServer } from '../src/index.ts'
import { PINNED_VERSION } from '../src/nats-release.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-find-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A program that says what nats-server says when it is asked for its version. */
async function program(name: string, says: string): Promise<string> {
  const file = path.join(folder, name)
  await writeFile(file, `#!/bin/sh\necho '${says}'\n`)
  await chmod(file, 0o755)
  return file
}

describe('findNatsServer', () => {
  it('takes the program that NATS_SERVER_BIN names before any other', async () => {
    await program('nats-server', 'nats-server: v2.12.1')
    const mine = await program('mine', 'nats-server: v2.14.0')
    const found = await findNatsServer({ NATS_SERVER_BIN: mine, PATH: folder })
    expect(found).toEqual({ command: mine, version: '2.14.0', source: 'NATS_SERVER_BIN' })
  })

  it.each([
    ['is missing', null, 'program not found'],
    ['is too old', 'nats-server: v2.11.9', 'is version 2.11.9, older than 2.12'],
    ['is another program', 'hello', 'is not a nats-server: it prints "hello\\n"'],
  ])('refuses NATS_SERVER_BIN, and looks no further, where it %s', async (_case, says, reason) => {
    const mine = says === null ? path.join(folder, 'missing') : await program('mine', says)
    await program('nats-server', 'nats-server: v2.14.0')
    const finding = findNatsServer({ NATS_SERVER_BIN: mine, PATH: folder })
    await expect(finding).rejects.toThrow(`NATS_SERVER_BIN cannot be used: ${mine}`)
    await expect(finding).rejects.toThrow(reason)
  })

  it('takes the program on PATH', async () => {
    const command = await program('nats-server', 'nats-server: v2.12.0')
    const found = await findNatsServer({ PATH: `/nowhere:${folder}` })
    expect(found).toEqual({ command, version: '2.12.0', source: 'PATH' })
  })

  it('passes over an old one on PATH and takes the release in the cache', async () => {
    await program('nats-server', 'nats-server: v2.10.4')
    const cache = path.join(folder, 'cache')
    await mkdir(path.join(cache, 'drawbridge'), { recursive: true })
    const command = await program(`cache/drawbridge/nats-server-${PINNED_VERSION}`, `nats-server: v${PINNED_VERSION}`)
    const found = await findNatsServer({ PATH: folder, XDG_CACHE_HOME: cache })
    expect(found).toEqual({ command, version: PINNED_VERSION, source: 'the cached release' })
  })
})
