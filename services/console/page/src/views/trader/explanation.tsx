import { formatTime } from '../../formats/times.ts'
import { Refused } from '../../history/refused.tsx'
import { useAnswer } from '../../history/use-answer.ts'
import { Deliveries } from '../../parts/deliveries.tsx'
import { Dialog } from '../../parts/dialog.tsx'

interface ExplanationProps {
  readonly id: string
  readonly version: number
  readonly timeZone: string | undefined
  readonly onClose: () => void
}

interface Explained {
  readonly words: readonly string[]
  readonly input: {
    readonly seq: number
    readonly subject: string
    readonly time: string
    readonly payload: string
  } | null
  readonly seq: number
  readonly traceId: string | null
  readonly event: { readonly configVersion: number; readonly rulesVersion: number }
}

/** A decision back to its causes, in words and numbers. */
export function Explanation({ id, version, timeZone, onClose }: ExplanationProps) {
  const path = `/api/traders/${encodeURIComponent(id)}/explain/${version}`
  const { value, refusal, again } = useAnswer<Explained>(path)
  return (
    <Dialog title={`Event ${version} of ${id}`} onClose={onClose}>
      {refusal !== null && <Refused refusal={refusal} again={again} />}
      {value === null && refusal === null && <p class="quiet">Working it out …</p>}
      {value !== null && (
        <>
          <ul class="explained">
            {value.words.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <dl class="facts">
            <dt>Input</dt>
            <dd>
              {value.input === null ? (
                'it is no longer kept: inputs are kept for 7 days'
              ) : (
                <>
                  {value.input.subject}, {formatTime(value.input.time, timeZone)}
                  <pre>
                    <code>{value.input.payload}</code>
                  </pre>
                </>
              )}
            </dd>
            <dt>In the risk log</dt>
            <dd>{value.seq}</dd>
            <dt>Trace</dt>
            <dd>{value.traceId === null ? 'the input carried none' : <code>{value.traceId}</code>}</dd>
            <dt>Configuration, rules</dt>
            <dd>
              {value.event.configVersion}, {value.event.rulesVersion}
            </dd>
          </dl>
        </>
      )}
      <Deliveries trader={id} version={version} timeZone={timeZone} />
    </Dialog>
  )
}
