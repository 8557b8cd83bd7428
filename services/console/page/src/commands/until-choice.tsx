import { useState } from 'preact/hooks'
import { consoleNow } from '../store/console-now.ts'

const OPEN = ['resumed', 'somebody resumes'] as const
const ENDS = [
  ['15', 'in 15 minutes'],
  ['60', 'in an hour'],
  ['240', 'in 4 hours'],
  ['1440', 'in a day'],
  ['at', 'a time …'],
] as const

/** The time so many minutes from now, by the clock that the console has. */
export function inMinutes(minutes: number): string {
  return new Date(consoleNow() + minutes * 60_000).toISOString()
}

interface UntilChoiceProps {
  readonly label?: string
  /** Whether it must end at some time; the choice is then an hour at first. */
  readonly mustEnd?: boolean
  readonly onChoose: (until: () => string | null) => void
}

/** How long something is to last. It is told as a time, or as null for as long as nobody resumes. */
export function UntilChoice({ label = 'Paused until', mustEnd = false, onChoose }: UntilChoiceProps) {
  const [choice, setChoice] = useState<string>(mustEnd ? '60' : 'resumed')
  const choose = (value: string) => {
    setChoice(value)
    if (value === 'resumed') onChoose(() => null)
    // Counted from when the command is given, not from when it is chosen, and by the clock that the console has.
    else if (value !== 'at') onChoose(() => inMinutes(Number(value)))
  }
  return (
    <>
      <label class="field">
        <span>{label}</span>
        <select value={choice} onChange={({ currentTarget }) => choose(currentTarget.value)}>
          {(mustEnd ? ENDS : [OPEN, ...ENDS]).map(([value, words]) => (
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
