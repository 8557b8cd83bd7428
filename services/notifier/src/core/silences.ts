import type { Instant, Notice, Silence } from '@drawbridge/contracts'

/** The silence that keeps a notice from being told; null: none does. @param tags of its trader */
export function silencing(
  notice: Notice,
  {
    silences,
    tags,
    now,
  }: { readonly silences: readonly Silence[]; readonly tags: readonly string[]; readonly now: Instant },
): Silence | null {
  return silences.find((silence) => silence.until > now && fits(silence, notice, tags)) ?? null
}

function fits({ trader, tag, kind }: Silence, notice: Notice, tags: readonly string[]): boolean {
  if (tag !== undefined && !tags.includes(tag)) return false
  return (trader === null || trader === notice.trader) && (kind === null || kind === notice.kind)
}
