import { useEffect, useState } from 'preact/hooks'
import { fleet } from '../../../store/live.ts'
import type { FieldsProps } from './fields-props.ts'

/** What one limit is measured from, or the last reading. */
export function CorrectFields({ id, onChange }: FieldsProps) {
  void fleet.revision.value
  const member = fleet.members.get(id)
  const limits = member?.limits ?? []
  // Its limits may come after the form.
  const [chosen, setChosen] = useState<string | null>(null)
  const limit = chosen ?? limits[0]?.name ?? ''
  const [reference, setReference] = useState('')
  const [version, setVersion] = useState<string | null>(null)
  useEffect(() => {
    if (version !== null) return onChange(/^\d+$/.test(version) ? { void: Number(version) } : null)
    onChange(limit !== '' && reference !== '' ? { limit, reference } : null)
  }, [limit, reference, version])
  return (
    <fieldset class="field">
      <legend>What is wrong</legend>
      <label class="check">
        <input type="radio" name="wrong" checked={version === null} onChange={() => setVersion(null)} />
        What a limit is measured from
      </label>
      <label class="check">
        <input
          type="radio"
          name="wrong"
          checked={version !== null}
          onChange={() => setVersion(String(member?.version ?? ''))}
        />
        The last reading
      </label>
      {version === null ? (
        <>
          <label class="field">
            <span>Limit</span>
            <select value={limit} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
              {limits.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>It is measured from</span>
            <input
              inputMode="decimal"
              value={reference}
              onInput={({ currentTarget }) => setReference(currentTarget.value.trim())}
            />
          </label>
        </>
      ) : (
        <label class="field">
          <span>The version of the event of the last reading</span>
          <input
            inputMode="numeric"
            value={version}
            onInput={({ currentTarget }) => setVersion(currentTarget.value.trim())}
          />
        </label>
      )}
    </fieldset>
  )
}
