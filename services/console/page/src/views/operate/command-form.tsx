import { useRef, useState } from 'preact/hooks'
import { type Answer, ask } from '../../api/ask.ts'
import { CommandEffect } from '../../commands/command-effect.tsx'
import { COMMAND_WORDS, type CommandKind } from '../../commands/command-kinds.ts'
import { newKey } from '../../commands/command-many.ts'
import { PreviewPanel } from '../../commands/preview-panel.tsx'
import { CommandOutcome, type Stored } from './command-outcome.tsx'
import { FIELDS } from './fields.ts'

interface CommandFormProps {
  readonly id: string
  readonly kind: CommandKind
  /** What the address proposes. */
  readonly given: URLSearchParams
}

export type Body = Readonly<Record<string, unknown>>

/** The fields of a command, what it would do, and what it has done. */
export function CommandForm({ id, kind, given }: CommandFormProps) {
  const Fields = FIELDS[kind]
  const [fields, setFields] = useState<Body | null>(null)
  const [etag, setEtag] = useState<string | null>(null)
  const [reason, setReason] = useState('')
  const [answer, setAnswer] = useState<Answer<Stored> | null>(null)
  const [isBusy, setBusy] = useState(false)
  // One key for one command: what is sent twice counts once.
  const key = useRef(newKey())
  const change = (body: Body | null, tag: string | null = null) => {
    key.current = newKey()
    setFields(body)
    setEtag(tag)
    setAnswer(null)
  }
  const give = async (event: SubmitEvent) => {
    event.preventDefault()
    if (fields === null) return
    setBusy(true)
    const isLimits = kind === 'limits'
    const path = isLimits ? `/api/limits/${encodeURIComponent(id)}` : `/api/traders/${encodeURIComponent(id)}/${kind}`
    const headers = { 'idempotency-key': key.current, ...(etag === null ? {} : { 'if-match': etag }) }
    const told = await ask<Stored>(path, { method: isLimits ? 'PUT' : 'POST', body: { ...fields, reason }, headers })
    setBusy(false)
    setAnswer(told)
    if (told.ok) key.current = newKey()
  }
  return (
    <form class="command" onSubmit={(event) => void give(event)}>
      <h2>{COMMAND_WORDS[kind].title}</h2>
      <CommandEffect kind={kind} />
      <Fields id={id} given={given} onChange={change} />
      <label class="field">
        <span>Reason, for the log</span>
        <input
          required
          maxLength={500}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      <PreviewPanel kind={kind} id={id} body={fields === null ? null : { ...fields, reason }} />
      <footer>
        <button type="submit" class="primary" disabled={isBusy || fields === null}>
          {COMMAND_WORDS[kind].title} {id}
        </button>
      </footer>
      {answer !== null && <CommandOutcome answer={answer} />}
    </form>
  )
}
