import { useEffect, useId, useState } from 'preact/hooks'
import { type Answer, ask } from '../../../api/ask.ts'
import type { FieldsProps } from './fields-props.ts'
import { changesOf, textOf } from './limit-values.ts'

interface Limits {
  readonly limits: Readonly<Record<string, unknown>>
}

/** The limits in force, for the reader to change. */
export function LimitsFields({ id, given, onChange }: FieldsProps) {
  const [inForce, setInForce] = useState<Answer<Limits> | null>(null)
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({})
  useEffect(() => {
    void ask<Limits>(`/api/limits/${encodeURIComponent(id)}`).then((answer) => {
      setInForce(answer)
      // What the address proposes, as What if does, is filled in.
      const proposed = [...given].filter(([name]) => name !== 'do')
      if (answer.ok) setTexts(Object.fromEntries(proposed))
    })
  }, [id, given])
  useEffect(() => {
    if (inForce?.ok !== true) return
    const changes = changesOf(inForce.body.limits, texts)
    onChange(changes === null || Object.keys(changes).length === 0 ? null : changes, inForce.etag)
  }, [inForce, texts])
  if (inForce === null) return <p class="quiet">Reading the limits in force …</p>
  if (!inForce.ok) return <p class="fault">The limits cannot be shown: {inForce.message}</p>
  const { limits } = inForce.body
  const names = [...new Set([...Object.keys(limits), ...Object.keys(texts)])]
  const fieldOf = (name: string) => (
    <LimitField
      key={name}
      name={name}
      before={textOf(limits[name] ?? null)}
      text={texts[name] ?? null}
      onType={(text) => setTexts({ ...texts, [name]: text })}
    />
  )
  const rest = names.filter((name) => !OFTEN.includes(name))
  return (
    <>
      <fieldset class="limit-fields">
        <legend>Limits in force</legend>
        {names.filter((name) => OFTEN.includes(name)).map(fieldOf)}
      </fieldset>
      <details open={rest.some((name) => given.has(name))}>
        <summary>All other parameters</summary>
        <fieldset class="limit-fields">
          <legend class="unseen">All other parameters</legend>
          {rest.map(fieldOf)}
        </fieldset>
      </details>
    </>
  )
}

/** What is changed often; the rest is one click away. */
const OFTEN = ['max_daily_loss', 'max_drawdown', 'stop_trading_minutes', 'warn_at_percent', 'limits']

interface LimitFieldProps {
  readonly name: string
  readonly before: string
  /** Null: as it is in force. */
  readonly text: string | null
  readonly onType: (text: string) => void
}

function LimitField({ name, before, text, onType }: LimitFieldProps) {
  const id = useId()
  const value = text ?? before
  const isNested = before.startsWith('{') || before.startsWith('[')
  return (
    <div class="field" data-changed={value !== before} data-nested={isNested}>
      <label for={id}>{name}</label>
      {isNested ? (
        <textarea id={id} rows={4} value={value} onInput={({ currentTarget }) => onType(currentTarget.value)} />
      ) : (
        <input id={id} value={value} onInput={({ currentTarget }) => onType(currentTarget.value)} />
      )}
    </div>
  )
}
