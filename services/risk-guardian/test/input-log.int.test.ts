import { headerNames, streams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { createLogger } from '@drawbridge/service-kit'
import { eventually } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/guardian-scene'
import { jetstream } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogMessage } from '../src/core/read-input.ts'
import { InputLog } from '../src/inbound/input-log.ts'

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

let scene: Scene
let heard: LogMessage[]
let room: number
let inputs: InputLog
let errors: Error[]
/** Beyond the inputs that configure the system. */
let from: number
beforeEach(async () => {
  scene = await Scene.open()
  heard = []
  errors = []
  room = 10
  from = (await scene.lastSeq(streams.inputs)) + 1
  inputs = new InputLog({
    connection: scene.connection,
    from,
    room: () => room,
    onMessage: (message) => heard.push(message),
    log: createLogger('test', 'silent'),
    onError: (error) => errors.push(error),
  })
  inputs.start()
})
afterEach(async () => {
  inputs.stop()
  expect(errors).toEqual([])
  await scene.close()
})

/** Stores so many ticks. */
async function put(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await jetstream(scene.connection).publish(subjects.tick('bot1'), toJsonBytes({ equity: index }))
  }
}

const untilHeard = (count: number) => eventually(() => heard.length >= count, { what: `${count} messages` })
const expectAll = (count: number) =>
  expect(heard.map(({ seq }) => seq)).toEqual(Array.from({ length: count }, (_, index) => from + index))

async function untilReconnected(): Promise<void> {
  for await (const { type } of scene.connection.status()) if (type === 'reconnect') return
}

async function consumers(): Promise<string[]> {
  const found: string[] = []
  for await (const { name } of scene.manager.consumers.list(streams.inputs)) found.push(name)
  return found
}

describe('the input log', () => {
  it('is read in its order, beyond what is asked for at a time', async () => {
    await put(25)
    await untilHeard(25)
    await put(3)
    await untilHeard(28)
    expectAll(28)
  })

  it('gives each message with its time, and a trace only where it is valid', async () => {
    const traced = headers()
    traced.set(headerNames.traceparent, TRACEPARENT)
    const spoilt = headers()
    spoilt.set(headerNames.traceparent, 'of no use')
    const client = jetstream(scene.connection)
    await client.publish(subjects.tick('bot1'), '{"equity":1}', { headers: traced })
    await client.publish(subjects.tick('bot2'), '{"equity":2}', { headers: spoilt })
    await untilHeard(2)
    const stored = await scene.manager.streams.getMessage(streams.inputs, { seq: from })
    expect(heard[0]).toEqual({
      subject: subjects.tick('bot1'),
      seq: from,
      time: stored?.time.getTime(),
      payload: expect.anything(),
      traceparent: TRACEPARENT,
    })
    expect(new TextDecoder().decode(heard[0]?.payload)).toBe('{"equity":1}')
    expect(heard[1]?.traceparent).toBe('')
  })

  it('hands over no more than there is room for', async () => {
    await put(1)
    await untilHeard(1)
    room = 0
    await put(15)
    // What was asked for while there was room comes yet.
    await untilHeard(10)
    const [name = ''] = await consumers()
    expect((await scene.manager.consumers.info(streams.inputs, name)).num_pending).toBe(6)
    expectAll(10)
    room = 100
    inputs.lookAgain()
    await untilHeard(16)
    expectAll(16)
  })

  it('goes on after the last message when its consumer is deleted', async () => {
    await put(5)
    await untilHeard(5)
    for (const name of await consumers()) await scene.manager.consumers.delete(streams.inputs, name)
    await put(5)
    await untilHeard(10)
    expectAll(10)
  })

  it('goes on after the last message when the connection breaks', async () => {
    await put(5)
    await untilHeard(5)
    const reconnected = untilReconnected()
    await scene.connection.reconnect()
    await reconnected
    await put(5)
    await untilHeard(10)
    expectAll(10)
  })

  it('hands over nothing any more once it is stopped, and leaves no consumer', async () => {
    await put(1)
    await untilHeard(1)
    inputs.stop()
    await put(5)
    await eventually(async () => (await consumers()).length === 0, { what: 'the consumer to be deleted' })
    expectAll(1)
  })
})
