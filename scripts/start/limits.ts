import { applied, applySettings, planText } from '@drawbridge/cli'
import { type Difference, differenceTable, TO_APPLY } from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import type { NatsConnection } from '@nats-io/transport-node'

/** Where the settings differ from the log, and what to type; nothing if they do not. */
export function differencesInWords(differences: readonly Difference[]): readonly string[] {
  if (differences.length === 0) return []
  return [
    'Your settings differ from what is in force:',
    ...differenceTable(differences),
    `${TO_APPLY}, or npm start -- --apply-limits`,
  ]
}

/** Puts the settings in force; a guardian must run. @returns what was done, for people */
export async function applyLimits(connection: NatsConnection, config: Config): Promise<readonly string[]> {
  const { plan, left } = await applySettings(connection, config)
  return plan.commands === null ? [planText(plan)] : [planText(plan), applied(left)]
}
