import { checkAcknowledgedInputs } from './acknowledged-inputs.ts'
import { checkCommands } from './commands.ts'
import type { Evidence } from './evidence.ts'
import { checkExits } from './exits.ts'
import { checkGates } from './gates.ts'
import { checkHeardEvents } from './heard-events.ts'
import { checkHistory } from './history.ts'
import { checkOneEventEach } from './one-event-each.ts'
import { checkVersions } from './versions.ts'
import type { Check, Violation } from './violation.ts'

const CHECKS: readonly Check<Evidence>[] = [
  checkAcknowledgedInputs,
  checkOneEventEach,
  checkVersions,
  checkHistory,
  checkHeardEvents,
  checkGates,
  checkExits,
  checkCommands,
]

/** Checks that the client's observations, the streams and the tables match the promises of the documents. Pure. */
export function check(evidence: Evidence): readonly Violation[] {
  return CHECKS.flatMap((one) => one(evidence))
}
