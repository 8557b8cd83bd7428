import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { streams } from '@drawbridge/contracts'
import { freePort, type PrivateServer, startNatsWith, startPrivateNats } from '@drawbridge/dev-stack'
import { startGuardian } from '@drawbridge/risk-guardian'
import { createLogger, Lifecycle } from '@drawbridge/service-kit'
import { loadConfig } from '@drawbridge/settings'
import { eventually, TcpProxy } from '@drawbridge/testing'
import { Scene, tick } from '@drawbridge/testing/guardian-scene'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** A server of this file's own, because it is stopped and started. */
let dataDir: string
let port: number
let server: PrivateServer
let scene: Scene
const lifecycles: Lifecycle[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-start-'))
  port = await freePort()
  server = await startPrivateNats({ dataDir, port })
  scene = await Scene.open({}, server.url)
})
afterEach(async () => {
  for (const lifecycle of lifecycles.splice(0)) await lifecycle.stop()
  await scene.close()
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

/** Starts a guardian as its service does; `port` is that of its HTTP server once it judges. */
function begin(url: string) {
  const config = loadConfig({ NATS_URL: url, RISK_GUARDIAN_PORT: '0' }, null)
  if (!config.ok) throw new Error(config.reason)
  const log = createLogger('test', 'silent')
  const lifecycle = new Lifecycle(log)
  lifecycles.push(lifecycle)
  const failures: Error[] = []
  lifecycle.fail = (error) => failures.push(error)
  return { port: startGuardian(config.value, log, lifecycle), lifecycle, failures }
}

const readiness = async (httpPort: number) => {
  const answer = await fetch(`http://127.0.0.1:${httpPort}/readyz`)
  return { status: answer.status, body: (await answer.json()) as { checks: Record<string, string> } }
}

describe('a guardian that starts', () => {
  it('waits where NATS dies at each step of the start, and judges once it stays', async () => {
    await scene.put(...Array.from({ length: 200 }, (_, index) => tick(`bot${index % 20}`, 1000)))
    let allowed = 500
    // Each connection answers somewhat more before it dies.
    const proxy = await TcpProxy.to(server.url, () => {
      allowed *= 1.6
      let left = Math.floor(allowed)
      const answer = ({ length }: Buffer) => {
        const through = Math.min(length, left)
        left -= through
        return through
      }
      return { request: ({ length }) => length, answer }
    })
    const starting = begin(proxy.url)

    expect((await readiness(await starting.port)).status).toBe(200)

    expect(starting.failures).toEqual([])
    await starting.lifecycle.stop()
    await proxy.cut()
  }, 120_000)

  it('ends at once where a stream is missing', async () => {
    await scene.manager.streams.delete(streams.rejects)

    await expect(begin(server.url).port).rejects.toThrow(/stream REJECTS does not exist .*npm run provision/)
  })

  it('ends at once where the server has no JetStream', async () => {
    const folder = path.join(dataDir, 'plain')
    await mkdir(folder)
    const config = path.join(folder, 'nats.conf')
    await writeFile(config, 'max_payload: 1MB\n')
    const plain = await startNatsWith(config, { dataDir: folder, port: await freePort() })

    await expect(begin(plain.url).port).rejects.toThrow(/has no JetStream; start it with -js/)
    await plain.stop()
  })

  it('ends while it waits, when it is told to', async () => {
    const proxy = await TcpProxy.to(server.url, () => ({
      request: ({ length }) => length,
      answer: ({ length }) => Math.min(length, 2_000),
    }))
    const starting = begin(proxy.url)
    const ended = starting.port.then(
      () => 'judges',
      () => 'ended',
    )
    await starting.lifecycle.stop()

    expect(await ended).toBe('ended')
    await proxy.cut()
  })
})

it('says that it is not ready while the risk log is full, and why', async () => {
  const starting = begin(server.url)
  const httpPort = await starting.port
  expect(await readiness(httpPort)).toMatchObject({ status: 200, body: { checks: { 'risk log': 'ok' } } })
  await scene.manager.streams.update(streams.risk, { max_msgs: await scene.lastSeq(streams.risk) })

  await scene.put(tick('bot1', 1000))

  const full = await eventually(
    async () => {
      const report = await readiness(httpPort)
      return report.status === 503 ? report : null
    },
    { what: 'the guardian to say so' },
  )
  expect(full.body.checks['risk log']).toMatch(/^full: nothing is decided until/)
  await scene.manager.streams.update(streams.risk, { max_msgs: -1 })
  await eventually(async () => (await readiness(httpPort)).status === 200, { what: 'the guardian to be ready again' })
  expect(starting.failures).toEqual([])
})
