import type { LimitsMessage } from '@drawbridge/contracts/pure'
import { COMMAND_WORDS } from '../../commands/command-kinds.ts'
import { pathOf } from '../../store/route.ts'
import { mayAct } from '../../store/session.ts'
import { type Knob, knobsOf } from './knobs.ts'
import { baseOf, changeOf, type Preset, proposalOf, type Setting } from './setting.ts'

interface SettingPanelProps {
  readonly trader: string
  readonly name: string
  readonly setting: Setting
  readonly inForce: LimitsMessage
  readonly presets: readonly Preset[]
  readonly onSetting: (setting: Setting) => void
  /** Null: it stays. */
  readonly onRemove: (() => void) | null
}

/** Sliders of the limits that are tried, or a preset of a firm. */
export function SettingPanel(props: SettingPanelProps) {
  const { trader, name, setting, inForce, presets, onSetting, onRemove } = props
  const base = baseOf(setting, inForce, presets)
  const change = changeOf(setting, inForce, presets)
  const isChanged = change !== null && Object.keys(change).length > 0
  return (
    <fieldset class="panel what-if-setting">
      <legend>{name}</legend>
      <label>
        Begin with{' '}
        <select
          value={setting.preset ?? ''}
          onChange={({ currentTarget }) => onSetting({ preset: currentTarget.value || null, turned: {} })}
        >
          <option value="">the limits in force</option>
          {presets.map((preset) => (
            <option key={preset.name} value={preset.name}>
              {preset.title}
            </option>
          ))}
        </select>
      </label>
      {base === null ? (
        <p role="alert">There is no preset “{setting.preset}”: choose another one.</p>
      ) : (
        knobsOf(base).map((knob) => (
          <Slider
            key={knob.name}
            knob={knob}
            turned={setting.turned[knob.name]}
            onTurn={(value) => onSetting({ ...setting, turned: turn(setting, knob, value) })}
          />
        ))
      )}
      <p class="what-if-actions">
        {isChanged && mayAct(COMMAND_WORDS.limits.role) && (
          <a class="button" href={pathOf('operate', trader, proposalOf(change))}>
            Apply these limits …
          </a>
        )}
        {onRemove !== null && (
          <button type="button" onClick={onRemove}>
            Remove {name}
          </button>
        )}
      </p>
    </fieldset>
  )
}

/** A knob that stands where it stood is not turned. */
function turn({ turned }: Setting, { name, value: before }: Knob, value: string): Setting['turned'] {
  const { [name]: _before, ...others } = turned
  return Number(value) === before ? others : { ...others, [name]: value }
}

interface SliderProps {
  readonly knob: Knob
  readonly turned: string | undefined
  readonly onTurn: (value: string) => void
}

function Slider({ knob, turned, onTurn }: SliderProps) {
  const { words, unit, value, min, max, step } = knob
  const now = turned ?? String(value)
  return (
    <label class="what-if-slider">
      <span>{words}</span>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={now}
        aria-valuetext={`${now} ${unit}`}
        onInput={({ currentTarget }) => onTurn(currentTarget.value)}
      />
      <output>
        {now} {unit}
        {turned !== undefined && <span class="quiet"> (now {value})</span>}
      </output>
    </label>
  )
}
