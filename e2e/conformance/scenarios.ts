import { streams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { expect } from 'vitest'
import type { Client } from './bot-process.ts'
import type { ConnectedBot, System } from './system.ts'

/** What every client does. */
export interface Scenario {
  readonly name: string
  /** A sentence of behaviour. */
  readonly is: string
  /** Its traders in `config.json`; if not given, the one. */
  readonly traders?: (trader: string) => Readonly<Record<string, object>>
  readonly run: (scene: { readonly system: System; readonly client: Client; readonly trader: string }) => Promise<void>
}

/** What a bot that has lost nothing may do, and one that lost 15 percent may not. */
const [WELL, LOST] = [1000, 850]

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'decisions',
    is: 'the gate opens and closes by decisions, tells of a breach and of its end, and lets exits pass',
    async run({ system, client, trader }) {
      const bot = await system.connect(client, trader)
      await bot.says({ allowed: false })
      await bot.reports(WELL, { code: 'ok' })
      await bot.reports(LOST, { code: 'limit', allowed: false })
      expect(await bot.process.ask('reduce')).toEqual({ allowed: true, code: 'ok' })
      await hears(bot, ['breach'])

      await command(system, `control.resume.${trader}`, {
        reason: 'checked',
        holder: 'limit:max_daily_loss',
        rebase: true,
      })
      await bot.says({ code: 'ok' })
      await hears(bot, ['breach', 'resume'])
    },
  },
  {
    name: 'lease',
    is: 'without a guardian the gate closes after the lease, exits pass, and it opens again by itself',
    async run({ system, client, trader }) {
      const bot = await opened(system, client, trader)
      system.freezeGuardian()
      await bot.says({ code: 'no-guardian', allowed: false })
      expect((await bot.process.ask('reduce')).allowed).toBe(true)
      system.thawGuardian()
      await bot.says({ code: 'ok' })
      await hears(bot, [])
    },
  },
  {
    name: 'undecided',
    is: 'a report that nobody decides closes the gate until it is decided',
    async run({ system, client, trader }) {
      const bot = await opened(system, client, trader)
      system.freezeGuardian()
      await bot.process.report(LOST)
      await bot.says({ allowed: false })
      expect(['undecided', 'no-guardian', 'no-answer']).toContain((await bot.process.ask()).code)
      system.thawGuardian()
      await bot.says({ code: 'limit' })
    },
  },
  {
    name: 'guardian-restarts',
    is: 'what is reported while no guardian runs is judged by the next one',
    async run({ system, client, trader }) {
      const bot = await opened(system, client, trader)
      await system.killGuardian()
      await bot.process.report(LOST)
      await bot.says({ allowed: false })
      await system.startGuardian()
      await bot.says({ code: 'limit' })
      await hears(bot, ['breach'])
    },
  },
  {
    name: 'nats-restarts',
    is: 'while NATS is away the gate closes and reports wait; afterwards they are judged',
    async run({ system, client, trader }) {
      const bot = await opened(system, client, trader)
      await system.nats.kill()
      await bot.process.report(WELL + 1)
      await bot.says({ allowed: false })
      await bot.process.report(LOST)
      await system.nats.start()
      await bot.says({ code: 'limit' })
      expect((await equities(system, trader)).slice(-2)).toEqual([WELL + 1, LOST])
    },
  },
  {
    name: 'order',
    is: 'reports arrive in their order, each once',
    async run({ system, client, trader }) {
      const bot = await opened(system, client, trader)
      const before = (await equities(system, trader)).length
      const reported = Array.from({ length: 300 }, (_, index) => WELL + index / 100)
      await bot.process.report(...reported)
      await arrives(system, trader, reported.at(-1))
      expect((await equities(system, trader)).slice(before)).toEqual(reported)
    },
  },
  {
    name: 'backpressure',
    is: 'a flood that cannot be sent waits for nobody, is bounded, and keeps its extremes and its end',
    async run({ system, client, trader }) {
      const bot = await opened(system, client, trader)
      const before = (await equities(system, trader)).length
      await bot.link.cut()
      const flood = Array.from({ length: 5_000 }, (_, index) => WELL + (index % 100) / 10)
      flood[2_500] = LOST
      await bot.process.report(...flood)
      await bot.says({ allowed: false })
      await bot.link.restore()
      await arrives(system, trader, flood.at(-1))
      await bot.says({ code: 'limit' })

      const arrived = (await equities(system, trader)).slice(before)
      expect(arrived.length).toBeLessThanOrEqual(1_001)
      expect(Math.min(...arrived)).toBe(LOST)
      expect(Math.max(...arrived)).toBe(WELL + 9.9)
    },
  },
  {
    name: 'reconnect',
    is: 'a bot that was cut off is blocked meanwhile, and then hears of the breach that it missed',
    async run({ system, client, trader }) {
      const bot = await opened(system, client, trader)
      await bot.link.cut()
      await bot.says({ allowed: false })
      await command(system, `equity.tick.${trader}`, { equity: LOST })
      await bot.link.restore()
      await bot.says({ code: 'limit' })
      await hears(bot, ['breach'])
    },
  },
  {
    name: 'two-processes',
    is: 'two processes with one id obey the same decisions',
    async run({ system, client, trader }) {
      const one = await opened(system, client, trader)
      const other = await system.connect(client, trader)
      await other.says({ code: 'ok' })
      await one.process.report(LOST)
      await one.says({ code: 'limit' })
      await other.says({ code: 'limit' })
      await hears(one, ['breach'])
      await hears(other, ['breach'])
    },
  },
  {
    name: 'group',
    is: 'a bot that obeys a group may not enter while a limit of the group holds, and hears of its breach and end',
    traders: (trader) => ({
      [trader]: { obeys: [deskOf(trader)] },
      [otherOf(trader)]: {},
      [deskOf(trader)]: { source: 'sum', of: [trader, otherOf(trader)], limits: { max_daily_loss: 5 } },
    }),
    async run({ system, client, trader }) {
      const bot = await system.connect(client, trader, deskOf(trader))
      const isOpen = async () => {
        await command(system, `equity.tick.${otherOf(trader)}`, { equity: WELL })
        await bot.process.report(WELL)
        return (await bot.process.ask()).code === 'ok'
      }
      await eventually(isOpen, { timeoutMs: 60_000, what: `the gate of ${trader} to open` })
      await command(system, `equity.tick.${otherOf(trader)}`, { equity: LOST })
      await bot.reports(WELL, { code: 'limit', allowed: false })
      expect(await bot.process.ask('reduce')).toEqual({ allowed: true, code: 'ok' })
      await hears(bot, ['breach'])

      const resume = { reason: 'checked', holder: 'limit:max_daily_loss', rebase: true }
      await command(system, `control.resume.${deskOf(trader)}`, resume)
      await bot.says({ code: 'ok' })
      await hears(bot, ['breach', 'resume'])
    },
  },
]

const deskOf = (trader: string) => `${trader}-desk`
const otherOf = (trader: string) => `${trader}-other`

/** A bot that may enter, with all that it has reported decided. */
async function opened(system: System, client: Client, trader: string): Promise<ConnectedBot> {
  const bot = await system.connect(client, trader)
  await bot.reports(WELL, { code: 'ok' })
  const last = WELL + 0.5
  await bot.process.report(last)
  await arrives(system, trader, last)
  const reported = (await equities(system, trader)).length
  const isDecided = async () => (await eventCount(system, trader)) >= reported
  await eventually(isDecided, { what: `the ${reported} reports of ${trader} to be decided` })
  await bot.says({ code: 'ok' })
  return bot
}

async function eventCount(system: System, trader: string): Promise<number> {
  const { state } = await system.scene.manager.streams.info(streams.risk, {
    subjects_filter: subjects.traderLog(trader),
  })
  return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0)
}

async function hears(bot: ConnectedBot, what: readonly string[]): Promise<void> {
  const isSo = async () => JSON.stringify(await bot.process.heard()) === JSON.stringify(what)
  await eventually(isSo, { what: `${bot.trader} to hear ${what.join(', ')}` })
}

async function command(system: System, subject: string, payload: object): Promise<void> {
  await system.scene.publish(subject, toJsonBytes(payload))
}

async function equities(system: System, trader: string): Promise<readonly number[]> {
  return (await system.scene.ticks(trader)).map(({ text }) => Number(JSON.parse(text).equity))
}

async function arrives(system: System, trader: string, equity: number | undefined): Promise<void> {
  const isThere = async () => (await equities(system, trader)).at(-1) === equity
  await eventually(isThere, { timeoutMs: 60_000, what: `the report of ${equity} to be in INPUTS` })
}
