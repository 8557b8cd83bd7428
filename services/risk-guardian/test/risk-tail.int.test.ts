import { subjects } from '@drawbridge/contracts'
import { createLogger, Lifecycle } from '@drawbridge/service-kit'
import { eventually } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/guardian-scene'
import { jetstream } from '@nats-io/jetstream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RiskTail } from '../src/inbound/risk-tail.ts'

const log = createLogger('test', 'silent')

let scene: Scene
let lifecycle: Lifecycle
let tail: RiskTail
let heard: number[]
beforeEach(async () => {
  scene = await Scene.open()
  lifecycle = new Lifecycle(log)
  heard = []
  tail = new RiskTail({
    connection: scene.connection,
    stopping: lifecycle.stopping,
    log,
    onLost: (error) => {
      throw error
    },
  })
  await tail.start({ take: ({ seq }) => heard.push(seq) })
  // What the log is bound to is its first word.
  heard.length = 0
})
afterEach(async () => {
  await lifecycle.stop()
  await scene.close()
})

/** Stores a message as somebody else; gives its stream sequence. */
async function putForeign(): Promise<number> {
  const { seq } = await jetstream(scene.connection).publish(subjects.out('assessed', 'bot1'), '{}')
  return seq
}

/** Stores a message as the guardian that the tail belongs to. */
async function putOwn(): Promise<number> {
  const seq = await putForeign()
  tail.isOwn(seq)
  return seq
}

const untilHeard = (seq: number) => eventually(() => heard.includes(seq), { what: `message ${seq} to be heard` })

describe('the tail of the risk log', () => {
  it('hears all that is stored', async () => {
    const seqs = [await putForeign(), await putOwn(), await putForeign()]
    await untilHeard(seqs[2] ?? 0)
    expect(heard).toEqual(seqs)
  })

  it('rests while own events alone are stored', async () => {
    tail.rest()
    for (let count = 0; count < 20; count++) await putOwn()
    for (let looks = 0; looks < 5; looks++) tail.look()
    expect(tail.resting).toBe(true)
    expect(heard).toEqual([])
  })

  it('rests where acks come in another order', async () => {
    tail.rest()
    const [first, second] = [await putForeign(), await putForeign()]
    tail.isOwn(second)
    tail.look()
    tail.isOwn(first)
    tail.look()
    expect(tail.resting).toBe(true)
  })

  it('goes on where a hole between own events does not close, and misses nothing of what is in it', async () => {
    await putOwn()
    tail.rest()
    await putOwn()
    const foreign = [await putForeign(), await putForeign()]
    const own = await putOwn()
    tail.look()
    tail.look()
    await untilHeard(own)
    expect(tail.resting).toBe(false)
    expect(heard.filter((seq) => foreign.includes(seq))).toEqual(foreign)
  })

  it('does not rest while it lacks something, nor before it has heard what there was when it went on', async () => {
    await putOwn()
    tail.rest()
    const foreign = await putForeign()
    tail.goOn()
    tail.rest()
    expect(tail.resting).toBe(false)
    await untilHeard(foreign)
  })

  it('goes on from where it rested, without repeating itself', async () => {
    const first = await putForeign()
    await untilHeard(first)
    tail.rest()
    const last = await putOwn()
    tail.goOn()
    const next = await putForeign()
    await untilHeard(next)
    expect(heard).toEqual([first, next])
    expect(last).toBe(first + 1)
  })
})
