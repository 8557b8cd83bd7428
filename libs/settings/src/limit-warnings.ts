import { limitWarnings } from '@drawbridge/contracts'
import type { Config } from './config.ts'

/** What is valid in the limits of the settings, and probably not meant. A sentence each, which begins with the place. */
export function limitWarningsOf({ limits, traders }: Pick<Config, 'limits' | 'traders'>): readonly string[] {
  return [
    ...limitWarnings(limits).map((words) => `limits: ${words}`),
    ...Object.entries(traders).flatMap(([id, trader]) =>
      limitWarnings(trader.limits).map((words) => `traders.${id}.limits: ${words}`),
    ),
  ]
}
