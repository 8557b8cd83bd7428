import { useRef, useState } from 'preact/hooks'
import { type Answer, ask } from '../../api/ask.ts'
import { newKey } from '../../commands/command-many.ts'
import { UntilChoice } from '../../commands/until-choice.tsx'
import { formatCount } from '../../formats/amounts.ts'

interface All {
  readonly counts: Readonly<Record<string, number>>
  readonly traders: readonly unknown[]
}

/** The pause of all traders, also of those that come later. */
export function PauseAllForm() {
  const until = useRef<() => string | null>(() => null)
  const reason = useRef<HTMLInputElement>(null)
  const [answer, setAnswer] = useState<Answer<All> | null>(null)
  const [isBusy, setBusy] = useState(false)
  const give = async (event: SubmitEvent) => {
    event.preventDefault()
    const kind = event.submitter?.getAttribute('value') === 'resume' ? 'resume' : 'pause'
    setBusy(true)
    const end = kind === 'pause' ? until.current() : null
    const body = { all: true, reason: reason.current?.value ?? '', ...(end === null ? {} : { until: end }) }
    setAnswer(
      await ask<All>(`/api/traders/${kind}`, { method: 'POST', body, headers: { 'idempotency-key': newKey() } }),
    )
    setBusy(false)
  }
  return (
    <form class="card" onSubmit={(event) => void give(event)}>
      <h2>Pause all</h2>
      <p>
        Blocks entries of every trader, also of those that come later. Positions stay open, and the holds of limits and
        people stay.
      </p>
      <UntilChoice
        onChoose={(choice) => {
          until.current = choice
        }}
      />
      <label class="field">
        <span>Reason, for the log</span>
        <input ref={reason} required maxLength={500} />
      </label>
      <footer>
        <button type="submit" value="pause" class="primary" disabled={isBusy}>
          Pause all traders
        </button>
        <button type="submit" value="resume" disabled={isBusy}>
          End the pause of all
        </button>
      </footer>
      {answer !== null && (
        <p class={answer.ok ? '' : 'fault'} role="status">
          {answer.ok ? `Done for ${formatCount(answer.body.counts.stored ?? 0)} traders.` : answer.message}
        </p>
      )}
    </form>
  )
}
