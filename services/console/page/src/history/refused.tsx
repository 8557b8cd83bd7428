import type { Refusal } from './use-answer.ts'

const TITLES: Readonly<Record<string, string>> = {
  'history-unavailable': 'The history cannot be read now.',
  'history-too-slow': 'The database takes too long.',
  'no-history': 'There is no history yet.',
  'unknown-trader': 'There is no such trader.',
}

/** In the place of what the history would show: why it does not, and the way out. */
export function Refused({ refusal, again }: { readonly refusal: Refusal; readonly again: () => void }) {
  return (
    <div class="refused" role="alert">
      <p>
        <strong>{TITLES[refusal.code] ?? 'This cannot be shown.'}</strong> {refusal.message}
      </p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  )
}
