import { useState } from 'preact/hooks'
import { type Answer, ask } from '../../api/ask.ts'
import { CommandOutcome, type Stored } from './command-outcome.tsx'
import { ifMatch, type KnownFlags } from './use-flags.ts'

const FLAGS = [
  [
    'enable_risk_enforcement',
    'Enforcement: a broken limit pauses trading',
    'Off: limits are judged and recorded, and block nothing. The holds of people stay. On again: each limit is judged at once.',
  ],
  [
    'enable_persistence',
    'Persistence: events are written to the database',
    'Off: the log goes on, and the history in the database has a gap until it is on again.',
  ],
] as const

export function FlagsForm({ known: { flags, tag, read } }: { readonly known: KnownFlags }) {
  const [reason, setReason] = useState('')
  const [answer, setAnswer] = useState<Answer<Stored> | null>(null)
  const change = async (name: (typeof FLAGS)[number][0], value: boolean) => {
    const body = { [name]: value, reason }
    const told = await ask<Stored>('/api/feature_flags', { method: 'POST', body, headers: ifMatch(tag) })
    setAnswer(told)
    // Where somebody else was first, the reader looks before anything is given again.
    if (told.ok) await read()
  }
  const lookAgain = async () => {
    await read()
    setAnswer(null)
  }
  if (flags === null) return null
  return (
    <section class="card" aria-label="Flags">
      <h2>Flags</h2>
      <label class="field">
        <span>Reason, for the log</span>
        <input maxLength={500} value={reason} onInput={({ currentTarget }) => setReason(currentTarget.value)} />
      </label>
      {FLAGS.map(([name, title, about]) => (
        <div key={name} class="flag">
          <p>
            <strong>{title}</strong>: {flags[name] ? 'on' : 'off'}
          </p>
          <p class="quiet">{about}</p>
          <button type="button" disabled={reason === ''} onClick={() => void change(name, !flags[name])}>
            Switch {flags[name] ? 'off' : 'on'}
          </button>
        </div>
      ))}
      {answer !== null && <CommandOutcome answer={answer} onLookAgain={() => void lookAgain()} />}
    </section>
  )
}
