import { useRef, useState } from 'preact/hooks'
import { type Answer, ask } from '../../api/ask.ts'
import { newKey } from '../../commands/command-many.ts'
import { UntilChoice } from '../../commands/until-choice.tsx'
import { formatCount } from '../../formats/amounts.ts'
import { formatTime, zoneName } from '../../formats/times.ts'
import { zone } from '../../store/preferences.ts'
import { ChangedMeanwhile } from './changed-meanwhile.tsx'
import { type Flags, ifMatch, type KnownFlags } from './use-flags.ts'

interface All {
  readonly counts: Readonly<Record<string, number>>
  readonly traders: readonly unknown[]
}

/** The pause of all traders, also of those that come later. */
export function PauseAllForm({ known: { flags, tag, read } }: { readonly known: KnownFlags }) {
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
    const headers = { 'idempotency-key': newKey(), ...ifMatch(tag) }
    const told = await ask<All>(`/api/traders/${kind}`, { method: 'POST', body, headers })
    setAnswer(told)
    if (told.ok) await read()
    setBusy(false)
  }
  const lookAgain = async () => {
    await read()
    setAnswer(null)
  }
  return (
    <form class="card" onSubmit={(event) => void give(event)}>
      <h2>Pause all</h2>
      <p>
        Blocks entries of every trader, also of those that come later. Positions stay open, and the holds of limits and
        people stay.
      </p>
      {flags !== null && <p>{pausedNow(flags)}</p>}
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
      {answer !== null && <AllOutcome answer={answer} onLookAgain={() => void lookAgain()} />}
    </form>
  )
}

function pausedNow({ pause_all }: Flags): string {
  if (pause_all === undefined || pause_all === null) return 'Now there is no pause of all.'
  const end = pause_all.until ?? null
  return `Now all are paused, until ${end === null ? 'somebody resumes' : formatTime(end, zoneName(zone.value, null))}.`
}

function AllOutcome({ answer, onLookAgain }: { readonly answer: Answer<All>; readonly onLookAgain: () => void }) {
  if (answer.ok) return <p role="status">Done for {formatCount(answer.body.counts.stored ?? 0)} traders.</p>
  if (answer.status === 412) return <ChangedMeanwhile message={answer.message} onLookAgain={onLookAgain} />
  return (
    <p class="fault" role="status">
      {answer.message}
    </p>
  )
}
