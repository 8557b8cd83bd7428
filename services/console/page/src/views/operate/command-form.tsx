import { useRef, useState } from 'preact/hooks'
import { type Answer, ask } from '../../api/ask.ts'
import { CommandEffect } from '../../commands/command-effect.tsx'
import { COMMAND_WORDS, type CommandKind } from '../../commands/command-kinds.ts'
import { newKey } from '../../commands/command-many.ts'
import { PreviewPanel } from '../../commands/preview-panel.tsx'
import { fleet } from '../../store/live.ts'
import { ChangedMeanwhile } from './changed-meanwhile.tsx'
import { CommandOutcome, type Stored } from './command-outcome.tsx'
import { FIELDS } from './fields.ts'
import { ifMatch } from './use-flags.ts'
import { useSeen } from './use-seen.ts'

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
  const isLimits = kind === 'limits'
  void fleet.revision.value
  const holders = fleet.members.get(id)?.holders ?? []
  const seen = useSeen(`/api/traders/${encodeURIComponent(id)}`, holders.join())
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
    const path = isLimits ? `/api/limits/${encodeURIComponent(id)}` : `/api/traders/${encodeURIComponent(id)}/${kind}`
    const headers = { 'idempotency-key': key.current, ...ifMatch(isLimits ? etag : seen.tag) }
    const told = await ask<Stored>(path, { method: isLimits ? 'PUT' : 'POST', body: { ...fields, reason }, headers })
    setBusy(false)
    setAnswer(told)
    if (!told.ok) return
    key.current = newKey()
    seen.lookAgain()
  }
  const lookAgain = () => {
    // The fields of limits show what was in force.
    if (isLimits) return location.reload()
    setAnswer(null)
    seen.lookAgain()
  }
  const isRefused = answer?.ok === false && answer.status === 412
  const isChanged = seen.isChanged && !isLimits && !isBusy
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
      <PreviewPanel
        kind={kind}
        id={id}
        body={fields === null ? null : { ...fields, reason }}
        basis={seen.tag}
        onTag={seen.hear}
      />
      {isChanged && !isRefused && (
        <ChangedMeanwhile
          message={`Another command to ${id} was given since you opened this form. Nothing is done before you have seen it.`}
          onLookAgain={lookAgain}
        />
      )}
      <footer>
        <button type="submit" class="primary" disabled={isBusy || isChanged || isRefused || fields === null}>
          {COMMAND_WORDS[kind].title} {id}
        </button>
      </footer>
      {answer !== null && <CommandOutcome answer={answer} onLookAgain={lookAgain} />}
    </form>
  )
}
