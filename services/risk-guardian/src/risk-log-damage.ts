import { damageReason, type LogDamage } from '@drawbridge/contracts'

const MEND = 'mend it with: npm run drawbridge -- adopt-log'

/** The risk log is damaged: nothing may be decided by it until an operator has mended it. */
export class RiskLogDamagedError extends Error {
  override readonly name = 'RiskLogDamagedError'
  readonly damage: LogDamage

  constructor(damage: LogDamage) {
    super(`the risk log is damaged: ${damageReason(damage)}; ${MEND}`)
    this.damage = damage
  }
}

/** The damage that an error tells of, itself or by its cause; null: it tells of none. */
export function damageOf(error: unknown): RiskLogDamagedError | null {
  if (error instanceof RiskLogDamagedError) return error
  return error instanceof Error && error.cause !== undefined ? damageOf(error.cause) : null
}
