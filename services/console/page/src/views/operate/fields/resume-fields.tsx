import { useEffect, useState } from 'preact/hooks'
import { fleet } from '../../../store/live.ts'
import type { FieldsProps } from './fields-props.ts'

/** Whose holds end. Without a choice the reader's own one does. */
export function ResumeFields({ id, onChange }: FieldsProps) {
  void fleet.revision.value
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [isRebased, setRebased] = useState(false)
  const holders = fleet.members.get(id)?.holders ?? []
  const isOfLimit = chosen.some((holder) => holder.startsWith('limit:'))
  useEffect(
    () =>
      onChange({
        ...(chosen.length === 0 ? {} : { holder: chosen }),
        ...(isOfLimit && isRebased ? { rebase: true } : {}),
      }),
    [chosen, isRebased],
  )
  const toggle = (holder: string, isChosen: boolean) =>
    setChosen(isChosen ? [...chosen, holder] : chosen.filter((one) => one !== holder))
  return (
    <fieldset class="field">
      <legend>Whose holds end</legend>
      {holders.length === 0 && <p class="quiet">Nobody holds {id}.</p>}
      {holders.map((holder) => (
        <label key={holder} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(holder)}
            onChange={({ currentTarget }) => toggle(holder, currentTarget.checked)}
          />
          {holder}
        </label>
      ))}
      {chosen.length === 0 && holders.length > 0 && <p class="quiet">Without a choice your own hold ends.</p>}
      {isOfLimit && (
        <label class="check">
          <input
            type="checkbox"
            checked={isRebased}
            onChange={({ currentTarget }) => setRebased(currentTarget.checked)}
          />
          Measure the limit from now on, which forgives the loss
        </label>
      )}
    </fieldset>
  )
}
