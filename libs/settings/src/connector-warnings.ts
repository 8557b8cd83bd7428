import { nearestId } from '@drawbridge/contracts'
import type { Config } from './config.ts'

/** Connectors whose trader is missing in `traders`: after a typo its own limits do not count. A sentence each. */
export function connectorWarningsOf({
  connectors,
  traders,
}: Pick<Config, 'connectors' | 'traders'>): readonly string[] {
  const written = Object.keys(traders)
  if (written.length === 0) return []
  return Object.entries(connectors).flatMap(([name, { trader }]) => {
    if (written.includes(trader)) return []
    const near = nearestId(trader, written)
    const mend = near === null ? `if that is meant, add "${trader}": {} there` : `did you mean "${near}"?`
    return [`connectors.${name}: trader "${trader}" is not one of traders, so it has no limits of its own; ${mend}`]
  })
}
