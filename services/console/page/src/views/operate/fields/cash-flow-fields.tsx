import { useEffect, useState } from 'preact/hooks'
import type { FieldsProps } from './fields-props.ts'

const AMOUNT = '-?[0-9]+([.][0-9]{1,8})?'

export function CashFlowFields({ onChange }: FieldsProps) {
  const [amount, setAmount] = useState('')
  const [isInEquity, setInEquity] = useState(false)
  const [isForced, setForced] = useState(false)
  useEffect(() => {
    if (!new RegExp(`^${AMOUNT}$`).test(amount)) return onChange(null)
    onChange({ amount, ...(isInEquity ? { in_equity: true } : {}), ...(isForced ? { force: true } : {}) })
  }, [amount, isInEquity, isForced])
  return (
    <>
      <label class="field">
        <span>Amount, negative for a withdrawal</span>
        <input
          required
          inputMode="decimal"
          pattern={AMOUNT}
          title="a number like 250 or -99.50"
          value={amount}
          onInput={({ currentTarget }) => setAmount(currentTarget.value.trim())}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={isInEquity}
          onChange={({ currentTarget }) => setInEquity(currentTarget.checked)}
        />
        The last reading of the equity has it already
      </label>
      <label class="check">
        <input type="checkbox" checked={isForced} onChange={({ currentTarget }) => setForced(currentTarget.checked)} />
        It may leave nothing, or be larger than the equity
      </label>
    </>
  )
}
