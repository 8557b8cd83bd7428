import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import { infrastructure } from '@drawbridge/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ackBehaviours } from './contract/ack-behaviours.ts'
import { coreBehaviours } from './contract/core-behaviours.ts'
import { followBehaviours } from './contract/follow-behaviours.ts'
import { publishBehaviours } from './contract/publish-behaviours.ts'
import { pullBehaviours } from './contract/pull-behaviours.ts'
import { type Connect, Scene } from './contract/scene.ts'
import { streamBehaviours } from './contract/stream-behaviours.ts'
import { SimulatedServer } from './nats/simulated-server.ts'

// The simulation proves nothing unless its server behaves like the real one. So each behaviour that services rely on is
// described once, and tested on both through the same client.
const behaviours = [
  ...coreBehaviours,
  ...streamBehaviours,
  ...publishBehaviours,
  ...pullBehaviours,
  ...ackBehaviours,
  ...followBehaviours,
]

const log = createLogger('test', 'silent')
const simulated = new SimulatedServer({
  faults: { delayMs: () => 0 },
  serverNow: () => Date.now(),
  random: () => 0,
})

const servers: readonly { readonly server: string; readonly connect: Connect }[] = [
  { server: 'the simulated server', connect: () => simulated.connect('contract') },
  { server: 'the real server', connect: () => connectNats(infrastructure().natsUrl, 'contract', log) },
]

describe.each(servers)('on $server', ({ connect }) => {
  let scene: Scene
  beforeEach(async () => {
    scene = await Scene.open(connect)
  })
  afterEach(() => scene.close())

  test.each(behaviours)('$title', async ({ observe, expected }) => {
    expect(await observe(scene)).toEqual(expected)
  })
})
