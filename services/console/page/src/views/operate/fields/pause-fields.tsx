import { useEffect, useState } from 'preact/hooks'
import { UntilChoice } from '../../../commands/until-choice.tsx'
import type { FieldsProps } from './fields-props.ts'

export function PauseFields({ onChange }: FieldsProps) {
  const [until, setUntil] = useState<string | null>(null)
  const [isFirm, setFirm] = useState(false)
  useEffect(
    () => onChange({ ...(until === null ? {} : { until }), ...(isFirm ? { firm: true } : {}) }),
    [until, isFirm],
  )
  return (
    <>
      <UntilChoice onChoose={(choice) => setUntil(choice())} />
      <label class="check">
        <input type="checkbox" checked={isFirm} onChange={({ currentTarget }) => setFirm(currentTarget.checked)} />
        Firm: only an admin may end it before its time, at most 31 days
      </label>
    </>
  )
}
