import { setTimeout as delay } from 'node:timers/promises'
import { streams } from '@drawbridge/contracts'
import { TcpProxy } from '@drawbridge/testing'
import { describe, expect, test } from 'vitest'
import { shared } from './faults/shared.ts'
import { System } from './faults/system.ts'

/** Enough that something is under way at every moment. */
const RATE = { traders: 40, ticksPerSecond: 10 }
const HELD_UP_MS = 5_000
const SILENCE = /no risk guardian has (been heard|told the newest decision)|ticks have not been acknowledged/

/** Two guardians and a persister. */
async function startServices(): Promise<System> {
  const system = await System.open()
  await Promise.all([system.startPersister(), system.startGuardians(2)])
  return system
}

describe('a nats-server under load', () => {
  const services = shared(startServices)
  /** With two bots that may trade, and a load of 40 traders. */
  async function everything(): Promise<System> {
    const system = await services()
    await system.connectBots()
    await system.startLoad(RATE)
    return system
  }

  test('may be killed and started again: gates close meanwhile, nothing is lost or repeated', async () => {
    const system = await everything()
    for (let kills = 0; kills < 3; kills++) {
      await system.decided(200)
      await system.server.kill()
      if (kills === 1) {
        system.trade()
        await system.calm.untilBlocked(SILENCE)
      }
      await system.server.start()
    }
    await system.decided(200)
    await system.expectSoundTrades()
  })

  test('may be held up for 5 s: gates close meanwhile, nothing is lost or repeated', async () => {
    const system = await everything()
    await system.decided(200)
    system.server.holdUp()
    system.trade()
    await Promise.all([delay(HELD_UP_MS), system.calm.untilBlocked(SILENCE)])
    system.server.goOn()
    await system.decided(200)
    await system.expectSoundTrades()
  })

  test('may have no room for the risk log: heartbeats end, gates close, everything is decided once there is room', async () => {
    const system = await everything()
    const { manager } = system.scene
    await system.decided(200)
    const { state } = await manager.streams.info(streams.risk)
    await manager.streams.update(streams.risk, { max_bytes: state.bytes + 10_000 })
    system.trade()
    await system.calm.untilBlocked(/no risk guardian has been heard/)
    await manager.streams.update(streams.risk, { max_bytes: -1 })
    await system.calm.untilOpen()
    await system.decided(200)
    await system.expectSoundTrades()
    expect(system.running).toHaveLength(2)
  })
})

describe('a connection', () => {
  test('of guardians and gates may be cut, or lose its answers, and heal', async () => {
    await using system = await System.open()
    const ways = await Promise.all([0, 1, 2].map(() => TcpProxy.to(system.url)))
    const [first, second, ofGates] = ways as [TcpProxy, TcpProxy, TcpProxy]
    const wayOf = new Map([first, second].map((way) => [system.spawnGuardian(way.url), way]))
    await Promise.all([system.startPersister(), ...system.guardians.map((guardian) => guardian.ready())])
    await system.connectBots(ofGates.url)
    await system.startLoad(RATE)

    await system.decided(200)
    const cut = await system.active()
    await wayOf.get(cut)?.cut()
    const deaf = await system.activeOtherThan(cut)
    await wayOf.get(cut)?.restore()
    await system.decided(200)
    wayOf.get(deaf)?.swallowAnswers()
    await system.activeOtherThan(deaf)
    // Half of a message may have been swallowed: only a new connection is of use.
    await wayOf.get(deaf)?.cut()
    await wayOf.get(deaf)?.restore()

    await system.decided(200)
    await Promise.all([first.cut(), second.cut()])
    await system.calm.untilBlocked(/no risk guardian has been heard/)
    await Promise.all([first.restore(), second.restore()])
    await system.calm.untilOpen()

    await ofGates.cut()
    system.trade()
    await system.calm.untilBlocked(SILENCE)
    await ofGates.restore()
    await system.decided(200)
    await system.expectSoundTrades()
    for (const way of ways) await way.cut()
  })
})

describe('a risk log that was deleted and recreated', () => {
  test('is refused with an error by guardians, gates and persister until an operator adopts it', async () => {
    await using system = await System.open()
    const { manager } = system.scene
    const [persister] = await Promise.all([system.startPersister(), system.startGuardians(2)])
    await system.connectBots()
    const { calm } = system
    await system.expectSound()
    const { config } = await manager.streams.info(streams.risk)
    await manager.streams.delete(streams.risk)
    await manager.streams.add(config)

    const exits = system.running.map((guardian) => guardian.process.exited)
    for (const bot of system.bots) bot.report(1001)
    expect(await Promise.all(exits)).toEqual([
      { code: 1, signal: null },
      { code: 1, signal: null },
    ])
    await calm.untilBlocked(/was recreated/)
    expect(await persister.process.exited).toEqual({ code: 1, signal: null })
    persister.restart()
    expect(await persister.process.exited).toEqual({ code: 1, signal: null })

    // A restart changes nothing. What does: e2e/adopt-log.e2e.test.ts.
    expect(await system.spawnGuardian().process.exited).toEqual({ code: 1, signal: null })
    expect((await manager.streams.info(streams.risk)).state.last_seq).toBe(0)
    await calm.untilBlocked(/was recreated/)
  })
})
