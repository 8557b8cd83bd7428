import type { Signal } from '@preact/signals'
import { formatTime, ZONES, zoneName } from '../formats/times.ts'
import { THEMES, theme, zone } from '../store/preferences.ts'
import { logout, session } from '../store/session.ts'

const THEME_WORDS = { system: 'As the system', light: 'Light', dark: 'Dark' } as const
const ZONE_WORDS = { local: 'Local', utc: 'UTC', account: "The account's" } as const

/** Who looks, and how the page looks to them. */
export function DisplayMenu() {
  const { name, role, expires, required } = session.value ?? {}
  return (
    <div class="menu">
      <button type="button" popovertarget="display-menu">
        {name ?? 'Display'}
      </button>
      <div id="display-menu" popover="auto">
        {required === true && (
          <p>
            {name} may {role === 'read' ? 'read' : role === 'operate' ? 'read and operate' : 'do everything'}, until{' '}
            {formatTime(expires ?? null, zoneName(zone.value, null))}.
          </p>
        )}
        {required === false && (
          <p class="quiet">No token is needed, and everybody on this machine may do everything.</p>
        )}
        <Choice name="Colours" choices={THEMES} words={THEME_WORDS} value={theme} />
        <Choice name="Times" choices={ZONES} words={ZONE_WORDS} value={zone} />
        {required === true && (
          <button type="button" onClick={() => void logout()}>
            Log out
          </button>
        )}
        <p class="quiet">
          <a href="/docs" target="_blank" rel="noreferrer">
            The API
          </a>
        </p>
      </div>
    </div>
  )
}

interface ChoiceProps<T extends string> {
  readonly name: string
  readonly choices: readonly T[]
  readonly words: Readonly<Record<T, string>>
  readonly value: Signal<T>
}

function Choice<T extends string>({ name, choices, words, value }: ChoiceProps<T>) {
  return (
    <fieldset class="choice">
      <legend>{name}</legend>
      {choices.map((choice) => (
        <label key={choice}>
          <input
            type="radio"
            name={name}
            checked={value.value === choice}
            onChange={() => {
              value.value = choice
            }}
          />
          {words[choice]}
        </label>
      ))}
    </fieldset>
  )
}
