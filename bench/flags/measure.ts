import { setTimeout as delay } from 'node:timers/promises'
import { roundTo } from '../machine.ts'
import type { FlagSystem } from './system.ts'

const LOOK_EVERY_MS = 5
const WITHIN_MS = 10_000

/** What is waited for after the POST, in words, and how long each of it took, milliseconds. */
export type Took = Readonly<Record<string, number>>
type Look = () => Promise<boolean>

/** The moments of a flag that is switched, each looked at until it is so. */
type Moments = Readonly<Record<string, Look>>

/** Switches both flags off and on again. */
export async function measureRound(system: FlagSystem, pause: () => Promise<void>): Promise<Took> {
  const took: Record<string, number> = {}
  for (const flag of ['enable_persistence', 'enable_risk_enforcement'] as const) {
    for (const on of [false, true]) {
      await pause()
      const moments = await momentsOf(system, flag, on)
      for (const [moment, ms] of await switched(system, flag, on, moments)) {
        took[`${flag} ${on ? 'on' : 'off'}: ${moment}`] = ms
      }
    }
  }
  return took
}

/** Resolves when the trader is held and its events are stored: what each round begins with. */
export async function untilReady({ urls, canTradeUrl }: FlagSystem): Promise<void> {
  await until(async () => !(await canTrade(canTradeUrl)))
  await until(async () => (await metric(urls.persister, 'persister_rows_total')) > 0)
}

async function momentsOf({ urls, canTradeUrl }: FlagSystem, flag: string, on: boolean): Promise<Moments> {
  const wanted = on ? 1 : 0
  if (flag === 'enable_risk_enforcement') {
    return {
      'guardian enforces by it': async () => (await metric(urls.guardian, 'risk_enforcement_enabled')) === wanted,
      [on ? 'gate closes' : 'gate opens']: async () => (await canTrade(canTradeUrl)) !== on,
    }
  }
  const rowsBefore = await metric(urls.persister, 'persister_rows_total')
  return {
    'persister has heard it': async () => (await metric(urls.persister, 'risk_persistence_enabled')) === wanted,
    [on ? 'persister consumes' : 'persister has stored its last row']: async () =>
      (await metric(urls.persister, 'persister_consuming')) === wanted,
    ...(on && {
      'persister stores rows': async () => (await metric(urls.persister, 'persister_rows_total')) > rowsBefore,
    }),
  }
}

async function switched({ urls }: FlagSystem, flag: string, on: boolean, moments: Moments) {
  const begun = performance.now()
  const timed = async (moment: string, work: Promise<void>) => {
    await work
    return [moment, roundTo(performance.now() - begun, 1)] as const
  }
  return Promise.all([
    timed('answered', post(urls.trader, { [flag]: on })),
    ...Object.entries(moments).map(([moment, look]) => timed(moment, until(look))),
  ])
}

async function until(isSo: Look): Promise<void> {
  const deadline = performance.now() + WITHIN_MS
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${WITHIN_MS / 1_000} s: ${isSo}`)
    await delay(LOOK_EVERY_MS)
  }
}

async function post(url: string, flags: Readonly<Record<string, boolean>>): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/api/feature_flags`, { method: 'POST', headers, body: JSON.stringify(flags) })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`the flag was answered ${response.status}: ${text}`)
}

async function canTrade(url: string): Promise<boolean> {
  const { allowed } = (await (await fetch(url)).json()) as { readonly allowed: boolean }
  return allowed
}

/** Summed over its labels. */
async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
  if (lines.length === 0) throw new Error(`${url} has no metric ${name}`)
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
