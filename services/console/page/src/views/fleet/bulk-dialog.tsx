import { useRef, useState } from 'preact/hooks'
import { CommandEffect } from '../../commands/command-effect.tsx'
import { COMMAND_WORDS } from '../../commands/command-kinds.ts'
import { commandMany, newKey, type TraderOutcome } from '../../commands/command-many.ts'
import { UntilChoice } from '../../commands/until-choice.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { OutcomeTable } from './outcome-table.tsx'

export type BulkKind = 'pause' | 'resume'

interface BulkDialogProps {
  readonly kind: BulkKind
  readonly traders: readonly string[]
  readonly onClose: () => void
}

/** Says what will happen to the selected traders, asks for a reason, and tells what became of each. */
export function BulkDialog({ kind, traders, onClose }: BulkDialogProps) {
  const { title } = COMMAND_WORDS[kind]
  // Fixed while the dialog is open, so that a second try repeats nothing.
  const [named] = useState(traders)
  const key = useRef(newKey())
  const until = useRef<() => string | null>(() => null)
  const reason = useRef<HTMLInputElement>(null)
  const [outcomes, setOutcomes] = useState<readonly TraderOutcome[] | null>(null)
  const [isBusy, setBusy] = useState(false)
  const give = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    const end = kind === 'pause' ? until.current() : null
    const body = { reason: reason.current?.value ?? '', ...(end === null ? {} : { until: end }) }
    const heard: TraderOutcome[] = []
    await commandMany(kind, named, body, key.current, (more) => {
      heard.push(...more)
      setOutcomes([...heard])
    })
    setBusy(false)
  }
  const count = named.length === 1 ? named[0] : `${named.length} traders`
  return (
    <Dialog title={`${title} ${count}`} onClose={onClose}>
      <form onSubmit={(event) => void give(event)}>
        <CommandEffect kind={kind} />
        {kind === 'resume' && (
          <p class="quiet">Here only your own holds end. Those of others, and of limits, end one by one in Operate.</p>
        )}
        {kind === 'pause' && (
          <UntilChoice
            onChoose={(choice) => {
              until.current = choice
            }}
          />
        )}
        <label class="field">
          <span>Reason, for the log</span>
          <input ref={reason} required maxLength={500} />
        </label>
        {outcomes !== null && <OutcomeTable outcomes={outcomes} total={named.length} />}
        <footer>
          <button type="submit" class="primary" disabled={isBusy}>
            {outcomes === null ? `${title} ${count}` : 'Try again what was not done'}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
