import type { Instant, Notice, Silence } from '@drawbridge/contracts'

/** The silence that keeps a notice from being told; null: none does. */
export function silencing(notice: Notice, silences: readonly Silence[], now: Instant): Silence | null {
  return silences.find((silence) => silence.until > now && fits(silence, notice)) ?? null
}

function fits({ trader, kind }: Silence, notice: Notice): boolean {
  return (trader === null || trader === notice.trader) && (kind === null || kind === notice.kind)
}
