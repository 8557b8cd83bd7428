import { type Answer, ask } from '../api/ask.ts'

/** What a command to many has become for one of them, as the console tells it. */
export interface TraderOutcome {
  readonly trader: string
  readonly outcome: 'stored' | 'undecided' | 'refused' | 'unknown' | 'failed'
  readonly status: string | null
  readonly reason: string | null
}

/** So many traders are in one request. */
const AT_ONCE = 500

/**
 * Gives each trader the command. Under the same key each counts once, however often it is given.
 * @param onOutcomes called as outcomes come in
 */
export async function commandMany(
  kind: 'pause' | 'resume',
  traders: readonly string[],
  body: object,
  key: string,
  onOutcomes: (outcomes: readonly TraderOutcome[]) => void,
): Promise<void> {
  for (let from = 0; from < traders.length; from += AT_ONCE) {
    const part = traders.slice(from, from + AT_ONCE)
    const answer = await ask<{ readonly traders: readonly TraderOutcome[] }>(`/api/traders/${kind}`, {
      method: 'POST',
      body: { ...body, traders: part },
      headers: { 'idempotency-key': `${key}-${from}` },
    })
    onOutcomes(answer.ok ? answer.body.traders : part.map((trader) => failed(trader, answer)))
  }
}

function failed(trader: string, { message }: Extract<Answer<unknown>, { ok: false }>): TraderOutcome {
  return { trader, outcome: 'failed', status: null, reason: message }
}

/** Random enough to be nobody else's. `crypto.randomUUID` is not there without HTTPS. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
