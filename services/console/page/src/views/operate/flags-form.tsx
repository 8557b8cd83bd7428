import { useEffect, useState } from 'preact/hooks'
import { type Answer, ask } from '../../api/ask.ts'
import { CommandOutcome, type Stored } from './command-outcome.tsx'

interface Flags {
  readonly enable_risk_enforcement: boolean
  readonly enable_persistence: boolean
  readonly by?: string | null
  readonly changedAt?: string
}

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

export function FlagsForm() {
  const [flags, setFlags] = useState<Flags | null>(null)
  const [reason, setReason] = useState('')
  const [answer, setAnswer] = useState<Answer<Stored> | null>(null)
  const read = async () => {
    const told = await ask<Flags>('/api/feature_flags')
    if (told.ok) setFlags(told.body)
  }
  useEffect(() => void read(), [])
  const change = async (name: (typeof FLAGS)[number][0], value: boolean) => {
    setAnswer(await ask<Stored>('/api/feature_flags', { method: 'POST', body: { [name]: value, reason } }))
    await read()
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
      {answer !== null && <CommandOutcome answer={answer} />}
    </section>
  )
}
