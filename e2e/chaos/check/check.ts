import { checkAcknowledgedInputs } from './acknowledged-inputs.ts'
import { checkCommands } from './commands.ts'
import type { Evidence, Violation } from './evidence.ts'
import { checkExits, checkGates } from './gates.ts'
import { checkHeardEvents, checkHistory } from './history.ts'
import { checkOneEventEach } from './one-event-each.ts'
import { checkPauseOfAll } from './pause-of-all.ts'
import { checkVersions } from './versions.ts'

const CHECKS: readonly ((evidence: Evidence) => readonly Violation[])[] = [
  checkAcknowledgedInputs,
  checkOneEventEach,
  checkVersions,
  checkHistory,
  checkHeardEvents,
  checkGates,
  checkPauseOfAll,
  checkExits,
  checkCommands,
]

/** Checks that the client's observations, the streams and the tables match the promises of the documents. Pure. */
export function check(evidence: Evidence): readonly Violation[] {
  return CHECKS.flatMap((one) => one(evidence))
}
