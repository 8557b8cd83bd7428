import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { processIdentity } from '@drawbridge/settings/running-system'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort, stopLeftovers } from '../src/index.ts'

const deadOwner = { pid: 999_999_999, identity: 'long gone' }
let dataDir: string
let child: ChildProcess
let pid: number
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-leftovers-'))
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); process.send(0)'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  pid = child.pid ?? 0
})
afterEach(async () => {
  child.kill('SIGKILL')
  await rm(dataDir, { recursive: true, force: true })
})

async function record(server: unknown, owner: unknown = deadOwner): Promise<void> {
  await writeFile(path.join(dataDir, 'nats-server.process.json'), JSON.stringify({ server, owner }))
}

describe('stopLeftovers', () => {
  it('stops the process that was recorded, whose owner is gone', async () => {
    await record({ pid, identity: processIdentity(pid) })
    await stopLeftovers(dataDir)
    expect(processIdentity(pid)).toBeNull()
  })

  it('never touches another process that was given the recorded id', async () => {
    await record({ pid, identity: 'an earlier start' })
    await stopLeftovers(dataDir)
    expect(processIdentity(pid)).not.toBeNull()
  })

  it('refuses while the owner lives', async () => {
    await record({ pid, identity: processIdentity(pid) }, { pid: process.pid, identity: processIdentity(process.pid) })
    await expect(stopLeftovers(dataDir)).rejects.toThrow(`is in use: process ${process.pid} runs nats-server on it`)
    expect(processIdentity(pid)).not.toBeNull()
  })

  it.each(['', '{"server":', '[]', '{"server":{"pid":-1,"identity":""},"owner":{"pid":0,"identity":""}}'])(
    'passes over a record that reads %j',
    async (text) => {
      await writeFile(path.join(dataDir, 'nats-server.process.json'), text)
      await stopLeftovers(dataDir)
      expect(processIdentity(pid)).not.toBeNull()
    },
  )
})

describe('freePort', () => {
  /** What listens on a port that the system chose. */
  async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { server, port: (server.address() as AddressInfo).port }
  }

  it('gives the preferred port while it is free, and another when it is taken', async () => {
    const { server, port } = await listening()
    expect(await freePort(port)).not.toBe(port)
    server.close()
    await once(server, 'close')
    expect(await freePort(port)).toBe(port)
  })

  it('gives no port twice, even if nobody listens on it yet', async () => {
    const { server, port } = await listening()
    server.close()
    await once(server, 'close')
    const ports = await Promise.all([freePort(port), freePort(port), freePort(port), freePort(), freePort()])
    expect(new Set(ports).size).toBe(ports.length)
  })
})
