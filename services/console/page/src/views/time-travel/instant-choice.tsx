import { useEffect, useState } from 'preact/hooks'
import { formatTime } from '../../formats/times.ts'
import type { TimeSpan } from '../../history/time-span.ts'
import { zone } from '../../store/preferences.ts'
import { FIELD_MAX, fieldOf, fromField, instantAt, STEPS, stepOf, toField } from './instants.ts'

interface InstantChoiceProps {
  readonly at: number
  readonly whole: TimeSpan
  readonly onChange: (at: number) => void
}

const MINUTE_MS = 60_000
const STEPS_BACK_AND_FORTH = [
  ['day', 1_440 * MINUTE_MS],
  ['hour', 60 * MINUTE_MS],
  ['minute', MINUTE_MS],
] as const

/** An instant of the history: by a slider, by typing, and by steps. */
export function InstantChoice({ at, whole, onChange }: InstantChoiceProps) {
  const isUtc = zone.value === 'utc'
  const [typed, setTyped] = useState(toField(at, isUtc))
  useEffect(() => setTyped((text) => fieldOf(at, text, isUtc)), [at, isUtc])
  const type = (text: string) => {
    setTyped(text)
    const instant = fromField(text, isUtc)
    if (instant !== null) onChange(instant)
  }
  const words = formatTime(at, isUtc ? 'UTC' : undefined)
  return (
    <fieldset class="instant">
      <legend class="unseen">Instant</legend>
      <input
        class="instant-slider"
        type="range"
        min={0}
        max={STEPS}
        value={stepOf(at, whole)}
        aria-label="Instant of the history"
        aria-valuetext={words}
        onInput={(event) => onChange(instantAt(Number(event.currentTarget.value), whole))}
      />
      <div class="instant-fields">
        {STEPS_BACK_AND_FORTH.map(([name, ms]) => (
          <button type="button" key={name} aria-label={`One ${name} earlier`} onClick={() => onChange(at - ms)}>
            − {name}
          </button>
        ))}
        <label>
          {isUtc ? 'Time in UTC' : 'Time'}{' '}
          <input
            type="datetime-local"
            step={1}
            max={FIELD_MAX}
            value={typed}
            onInput={(event) => type(event.currentTarget.value)}
          />
        </label>
        {STEPS_BACK_AND_FORTH.toReversed().map(([name, ms]) => (
          <button type="button" key={name} aria-label={`One ${name} later`} onClick={() => onChange(at + ms)}>
            + {name}
          </button>
        ))}
        <button type="button" onClick={() => onChange(whole.from)}>
          First
        </button>
        <button type="button" onClick={() => onChange(whole.until)}>
          Last
        </button>
      </div>
    </fieldset>
  )
}
