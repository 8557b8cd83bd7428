import type { PrivateServer } from '@drawbridge/dev-stack'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SupervisedServer } from '../start/private-servers.ts'

beforeEach(() => {
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(() => vi.restoreAllMocks())

const server = (ended: Promise<string>, stop: () => Promise<void> = async () => undefined): PrivateServer => ({
  url: 'nats://here',
  port: 1,
  stop,
  ended,
})

test('a server that does not stay up is started a few times, and then given up with its reason', async () => {
  let starts = 0
  const start = async () => {
    starts += 1
    return server(Promise.resolve('nats-server ended with exit code 1; the end of its log'))
  }
  const reason = await new Promise<string>((resolve) => {
    void new SupervisedServer('NATS', start, resolve, 0).start()
  })
  expect(reason).toContain('NATS does not stay up: nats-server ended with exit code 1')
  expect(starts).toBe(4)
})

test('a server that cannot be started again is given up, too', async () => {
  let starts = 0
  const start = async () => {
    starts += 1
    if (starts > 1) throw new Error('the port is taken')
    return server(Promise.resolve('ended'))
  }
  const reason = await new Promise<string>((resolve) => {
    void new SupervisedServer('NATS', start, resolve, 0).start()
  })
  expect(reason).toBe('NATS does not stay up: the port is taken')
})

test('a server that is stopped is not started again', async () => {
  let starts = 0
  let end: (how: string) => void = () => undefined
  const start = async () => {
    starts += 1
    return server(new Promise((resolve) => (end = resolve)), async () => end('was ended by SIGTERM'))
  }
  const supervised = new SupervisedServer('NATS', start, () => undefined, 0)
  expect(await supervised.start()).toBe('nats://here')
  await supervised.stop()
  await supervised.stop()
  expect(starts).toBe(1)
})
