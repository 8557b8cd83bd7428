import { type ConnectedTrader, connectTrader, type Report } from '@drawbridge/client'
import { createLogger } from '@drawbridge/service-kit'
import { eventually, type ServiceHere, type ServiceProcess } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { Load } from '@drawbridge/testing/load'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const TRIES = 1_000
const BOTS = 10
/** Far longer than any test waits, so that no gate closes by it. */
const LEASE_SECONDS = 3_600
/** The load of other bots. */
const RATE = { traders: 20, ticksPerSecond: 10 }
const GENEROUS = { timeoutMs: 60_000 }
/** A loaded machine may take long. */
const WAIT_MS = 10_000
/** 1,000 tries are more than 2,000 readings, each through a log that is written to the disk. */
const SLOW = { timeout: 900_000 }
const log = createLogger('bot', 'silent')

let scene: Scene
let guardian: ServiceProcess
let trader: ServiceHere
let url: string

beforeAll(async () => {
  // A loss of half of the account is not believed at once, so that a bot can try again and again.
  scene = await Scene.open({ lease_seconds: LEASE_SECONDS, limits: { confirm_jump: { percent: 20, seconds: 3_600 } } })
  guardian = await scene.spawn('risk-guardian')
  trader = await scene.start('trader')
  url = await trader.url()
})
afterAll(async () => {
  await trader?.stop()
  await guardian?.kill('SIGKILL')
  await scene?.close()
})

/** A bot's two questions. */
interface Door {
  /** Reports, and answers as soon as the door does. */
  report(equity: number): Promise<Pick<Report, 'allowed' | 'decision'>>
  /** Asks at once, without any wait. */
  ask(): Promise<{ readonly allowed: boolean; readonly code: string }>
}

function httpDoor(id: string, query = ''): Door {
  const path = `${url}/api/traders/${id}`
  return {
    async report(equity) {
      const answer = await fetch(`${path}/equity${query}`, { method: 'POST', body: JSON.stringify({ equity }) })
      expect([200, 202]).toContain(answer.status)
      return (await answer.json()) as Report
    },
    ask: async () => (await (await fetch(`${path}/can-trade`)).json()) as { allowed: boolean; code: string },
  }
}

function clientDoor(bot: ConnectedTrader, awaits: boolean): Door {
  return {
    async report(equity) {
      const told = bot.report(equity, { waitMs: WAIT_MS })
      return awaits ? told : { allowed: bot.gate.canTrade().allowed, decision: null }
    },
    ask: async () => bot.gate.canTrade(),
  }
}

/** Reports the whole account until entries are allowed: the first reading, and one that follows a glitch, need others. */
async function untilOpen(door: Door): Promise<void> {
  const isOpen = async () => {
    await door.report(1000)
    return (await door.ask()).allowed
  }
  await eventually(isOpen, { ...GENEROUS, what: 'the gate to open' })
}

/** How often a bot that reports a loss of half of its account, and asks at once, is let in. */
async function letIn(door: Door, tries: number): Promise<number> {
  let allowed = 0
  for (let index = 0; index < tries; index += 1) {
    await untilOpen(door)
    const told = await door.report(500)
    const asked = await door.ask()
    if (told.allowed || asked.allowed) allowed += 1
  }
  return allowed
}

async function letInInAll(doors: readonly Door[]): Promise<number> {
  const counts = await Promise.all(doors.map((door) => letIn(door, TRIES / doors.length)))
  return counts.reduce((sum, count) => sum + count, 0)
}

describe(
  'a bot that reports a loss of 50 % and asks at once gets "no" in all of 1,000 tries, under load,',
  SLOW,
  () => {
    const ids = Array.from({ length: BOTS }, (_, index) => `half${index}`)
    let load: Load
    beforeAll(async () => {
      load = await Load.start(scene.natsUrl, RATE)
    })
    afterAll(() => load.stop())

    test('by HTTP', async () => {
      expect(await letInInAll(ids.map((id) => httpDoor(`${id}-http`)))).toBe(0)
    })

    test('by HTTP, if it does not wait for the verdict', async () => {
      expect(await letInInAll(ids.map((id) => httpDoor(`${id}-hasty`, '?wait_ms=0')))).toBe(0)
    })

    test.each([
      ['by the client', true],
      ['by the client, if it does not wait for the verdict', false],
    ])('%s', async (_name, awaits) => {
      const connect = (id: string) => connectTrader(`${id}-${awaits}`, { natsUrl: scene.natsUrl, log })
      const bots = await Promise.all(ids.map(connect))
      try {
        expect(await letInInAll(bots.map((bot) => clientDoor(bot, awaits)))).toBe(0)
      } finally {
        await Promise.all(bots.map((bot) => bot.close()))
      }
    })
  },
)

test('a gate stays open for a bot that reports again and again and does not wait, as long as its readings are near', async () => {
  const bot = await connectTrader('steady', {
    natsUrl: scene.natsUrl,
    leaseMs: LEASE_SECONDS * 1_000,
    undecidedAfterMs: 60_000,
    log,
  })
  await untilOpen(clientDoor(bot, true))

  for (let index = 0; index < 200; index += 1) {
    const told = bot.report(1000 + (index % 7), { waitMs: WAIT_MS })
    expect(bot.gate.canTrade()).toMatchObject({ allowed: true, code: 'ok' })
    if (index % 5 === 0) await told
  }
  await bot.close()
})

describe('while the guardian is frozen, a reading that nobody judges closes the gate long before the lease,', () => {
  const frozen = async (act: () => Promise<void>) => {
    guardian.kill('SIGSTOP')
    try {
      await act()
    } finally {
      guardian.kill('SIGCONT')
    }
  }

  test('by HTTP, and the answer says that it is not judged', async () => {
    const door = httpDoor('frozen-http')
    await untilOpen(door)

    await frozen(async () => {
      const answer = await fetch(`${url}/api/traders/frozen-http/equity`, { method: 'POST', body: '{"equity": 1001}' })
      expect(answer.status).toBe(202)
      expect(await answer.json()).toMatchObject({
        allowed: false,
        code: 'undecided',
        decision: null,
        message: expect.stringContaining('stored and not judged yet'),
      })
      await eventually(async () => (await door.ask()).code === 'undecided', { ...GENEROUS, what: 'the gate to close' })
    })

    await eventually(async () => (await door.ask()).allowed, { ...GENEROUS, what: 'the gate to open again' })
  })

  test('by the client, and the report is told when the guardian goes on', async () => {
    const bot = await connectTrader('frozen-client', { natsUrl: scene.natsUrl, leaseMs: LEASE_SECONDS * 1_000, log })
    await untilOpen(clientDoor(bot, true))

    await frozen(async () => {
      const told = bot.report(1001)
      await eventually(() => bot.gate.canTrade().code === 'undecided', { ...GENEROUS, what: 'the gate to close' })
      expect(bot.gate.canTrade('reduce').allowed).toBe(true)
      expect(await told).toMatchObject({ allowed: false, decision: null })
    })

    await eventually(() => bot.gate.canTrade().allowed, { ...GENEROUS, what: 'the gate to open again' })
    await bot.close()
  })
})
