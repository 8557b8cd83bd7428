import { useEffect, useState } from 'preact/hooks'
import type { FieldsProps } from './fields-props.ts'

const FIELDS = [
  ['initial_balance', 'Initial balance'],
  ['peak', 'Highest equity so far'],
  ['day_start', 'Equity at the start of its day'],
] as const

export function RestartFields({ onChange }: FieldsProps) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  useEffect(() => onChange(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))), [values])
  return (
    <>
      {FIELDS.map(([name, words]) => (
        <label key={name} class="field">
          <span>{words}, if not that of the first reading</span>
          <input
            inputMode="decimal"
            value={values[name] ?? ''}
            onInput={({ currentTarget }) => setValues({ ...values, [name]: currentTarget.value.trim() })}
          />
        </label>
      ))}
    </>
  )
}
