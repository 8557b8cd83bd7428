import { useState } from 'preact/hooks'
import { consoleNow } from '../store/console-now.ts'

const CHOICES = [
  ['resumed', 'somebody resumes'],
  ['15', 'in 15 minutes'],
  ['60', 'in an hour'],
  ['240', 'in 4 hours'],
  ['1440', 'in a day'],
  ['at', 'a time …'],
] as const

/** How long a pause is to last. It is told as a time, or as null for as long as nobody resumes. */
export function UntilChoice({ onChoose }: { readonly onChoose: (until: () => string | null) => void }) {
  const [choice, setChoice] = useState<string>('resumed')
  const choose = (value: string) => {
    setChoice(value)
    if (value === 'resumed') onChoose(() => null)
    // Counted from when the command is given, not from when it is chosen, and by the clock that the console has.
    else if (value !== 'at') onChoose(() => new Date(consoleNow() + Number(value) * 60_000).toISOString())
  }
  return (
    <>
      <label class="field">
        <span>Paused until</span>
        <select value={choice} onChange={({ currentTarget }) => choose(currentTarget.value)}>
          {CHOICES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {choice === 'at' && (
        <label class="field">
          <span>Time, in the zone of this machine</span>
          <input
            type="datetime-local"
            required
            onInput={({ currentTarget: { value } }) => {
              if (value !== '') onChoose(() => new Date(value).toISOString())
            }}
          />
        </label>
      )}
    </>
  )
}
