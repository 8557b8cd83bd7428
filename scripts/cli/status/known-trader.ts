import { nearestName } from '@drawbridge/contracts'
import type { ConsoleApi } from '../console-api/client.ts'
import { ConsoleFault } from '../console-api/faults.ts'
import { namedIn, readFleet } from './fleet.ts'

/** What the console answers about a trader. @throws if there is no such trader, with the one that was probably meant */
export async function ofKnownTrader<T>(api: ConsoleApi, trader: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof ConsoleFault) || error.code !== 'unknown-trader') throw error
    // A token of a bot may not list others.
    const all = await readFleet(api).catch(() => null)
    if (all !== null) namedIn(all, [trader])
    throw error
  }
}

/** Words about a trader of which nothing is known but limits. */
export async function neverReported(api: ConsoleApi, trader: string): Promise<string> {
  const all = await readFleet(api).catch(() => [])
  const { traders = {} } = (await api.find<{ traders: object }>('/api/limits').catch(() => null)) ?? {}
  const words = `${trader} has not reported yet: there are no distances.`
  if (Object.hasOwn(traders, trader)) return words
  const near = nearestName(trader, [...all.map(({ id }) => id), ...Object.keys(traders)])
  return near === null ? words : `${words} Did you mean ${near}?`
}
