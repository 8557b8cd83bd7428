import { damageReason, type LogDamage } from '@drawbridge/contracts'

/** Messages of RISK are missing: what it says now may not be what was decided. */
export class DamagedRiskLogError extends Error {
  override readonly name = 'DamagedRiskLogError'

  constructor(damage: LogDamage) {
    super(`the risk log is damaged: ${damageReason(damage)}; mend it with: npm run drawbridge -- adopt-log`)
  }
}
