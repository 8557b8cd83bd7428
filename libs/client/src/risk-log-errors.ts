import { damageReason, type LogDamage, streams } from '@drawbridge/contracts'

/** Messages of RISK are missing: it may no longer say what was decided. */
export class DamagedRiskLogError extends Error {
  override readonly name = 'DamagedRiskLogError'

  constructor(damage: LogDamage) {
    super(`the risk log is damaged: ${damageReason(damage)}; repair it with: npm run drawbridge -- adopt-log`)
  }
}

/** RISK was deleted and created again: versions of the new log cannot be compared with those of the old one. */
export class OtherRiskLogError extends Error {
  override readonly name = 'OtherRiskLogError'

  /** @param known creation time of the stream that was followed; @param found of the one that is there now */
  constructor(known: string, found: string) {
    super(
      `stream ${streams.risk} was recreated at ${found}; the decisions known here are of the one created at ${known}. ` +
        'Restore the stream from its backup, or adopt the new one with: npm run drawbridge -- adopt-log. To start ' +
        'over with it, start this trader again',
    )
  }
}

/** Why the present log must not be used. */
export type LogRefusal = OtherRiskLogError | DamagedRiskLogError

export function isLogRefusal(error: unknown): error is LogRefusal {
  return error instanceof OtherRiskLogError || error instanceof DamagedRiskLogError
}
