import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import { NatsServer } from '@drawbridge/testing/nats-server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Killable, restartBehaviours } from './contract/restart-behaviours.ts'
import { type Connect, Scene } from './contract/scene.ts'
import { SimulatedServer } from './nats/simulated-server.ts'

// The part of the contract that needs a private server: what remains after a kill.
const log = createLogger('test', 'silent')

interface Server extends Killable {
  readonly connect: Connect
  readonly close: () => Promise<void>
}

function simulatedServer(): Server {
  const server = new SimulatedServer({
    faults: { delayMs: () => 0 },
    serverNow: () => Date.now(),
    // It loses as much as it can.
    random: () => 0.999,
  })
  return {
    connect: () => server.connect('contract'),
    kill: () => server.stop(),
    start: () => server.start(),
    close: async () => server.stop(),
  }
}

async function realServer(): Promise<Server> {
  const server = await NatsServer.start()
  return {
    connect: () => connectNats(server.url, 'contract', log),
    kill: () => server.kill(),
    start: () => server.start(),
    close: () => server.close(),
  }
}

describe.each([
  { name: 'the simulated server', open: simulatedServer },
  { name: 'the real server', open: realServer },
])('on $name', ({ open }) => {
  let server: Server
  let scene: Scene
  beforeAll(async () => {
    server = await open()
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    scene = await Scene.open(server.connect)
  })
  afterEach(() => scene.close())

  test.each(restartBehaviours)('$title', async ({ observe, expected }) => {
    expect(await observe(scene, server)).toEqual(expected)
  })
})
