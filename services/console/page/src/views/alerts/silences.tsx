import { NOTICE_KINDS, SILENCE_DAYS_MAX, silenceInWords } from '@drawbridge/contracts/pure'
import { useRef, useState } from 'preact/hooks'
import { inMinutes, UntilChoice } from '../../commands/until-choice.tsx'
import { formatTime, zoneName } from '../../formats/times.ts'
import { TableHead, unseen } from '../../parts/table-head.tsx'
import { zone } from '../../store/preferences.ts'
import { mayAct } from '../../store/session.ts'
import type { Silence, Taken } from './alerts.ts'
import { Outcome } from './outcome.tsx'
import { useAsking } from './use-asking.ts'

interface SilencesProps {
  readonly silences: readonly Silence[]
  readonly look: () => Promise<void>
}

const KINDS = NOTICE_KINDS.filter((kind) => kind !== 'test')

/** What is expected, and so not told until a time. */
export function Silences({ silences, look }: SilencesProps) {
  const { isBusy, outcome, give } = useAsking<Taken>(look, ({ reason }) =>
    reason === null ? 'It is done.' : `It is kept: ${reason}.`,
  )
  const mayChange = mayAct('operate')
  /** The form is a new one after each silence. */
  const [made, setMade] = useState(0)
  const silence = async (body: object) => {
    const { ok } = await give('/api/notify/silences', body)
    if (ok) setMade(made + 1)
  }
  return (
    <section class="card" aria-labelledby="silences">
      <h2 id="silences">Silences</h2>
      {silences.length === 0 ? (
        <p class="quiet">None is in force.</p>
      ) : (
        <table>
          <TableHead
            columns={['What is not told', 'Until', 'Why, and by whom', ...(mayChange ? [unseen('End')] : [])]}
          />
          <tbody>
            {silences.map((silence) => (
              <tr key={silence.id}>
                <th scope="row">{silenceInWords(silence)}</th>
                <td>{formatTime(silence.until, zoneName(zone.value, null))}</td>
                <td>
                  {silence.reason} <span class="quiet">{silence.by}</span>
                </td>
                {mayChange && (
                  <td>
                    <button
                      type="button"
                      disabled={isBusy}
                      aria-label={`End the silence: ${silenceInWords(silence)}`}
                      onClick={() => void give(`/api/notify/silences/${encodeURIComponent(silence.id)}/end`, {})}
                    >
                      End
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {mayChange && <SilenceForm key={made} isBusy={isBusy} onGive={(body) => void silence(body)} />}
      <Outcome outcome={outcome} />
    </section>
  )
}

interface SilenceFormProps {
  readonly isBusy: boolean
  readonly onGive: (body: object) => void
}

function SilenceForm({ isBusy, onGive }: SilenceFormProps) {
  const until = useRef<() => string | null>(() => inMinutes(60))
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const given = ['trader', 'tag', 'kind', 'reason'].flatMap((name) => {
      const value = String(fields.get(name) ?? '').trim()
      return value === '' ? [] : [[name, value]]
    })
    const all = fields.get('all') === null ? {} : { all: true }
    onGive({ ...Object.fromEntries(given), ...all, until: until.current() })
  }
  return (
    <form class="silence-form" onSubmit={submit}>
      <p class="wide">
        Keeps what is expected from being told, as during maintenance. It blocks and resumes nothing; what still goes on
        at its end is told then. Name a trader, a tag or a kind; it lasts {SILENCE_DAYS_MAX} days at most.
      </p>
      <label class="field">
        <span>Trader</span>
        <input name="trader" maxLength={64} />
      </label>
      <label class="field">
        <span>Tag of traders</span>
        <input name="tag" maxLength={64} />
      </label>
      <label class="field">
        <span>Kind</span>
        <select name="kind">
          <option value="">every kind</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {kind}
            </option>
          ))}
        </select>
      </label>
      <UntilChoice
        label="Silent until"
        mustEnd
        onChoose={(choice) => {
          until.current = choice
        }}
      />
      <label class="field">
        <span>Reason, for the log</span>
        <input name="reason" required maxLength={500} />
      </label>
      <label class="check wide">
        <input name="all" type="checkbox" />
        Everything, also broken limits
      </label>
      <footer>
        <button type="submit" class="primary" disabled={isBusy}>
          Silence
        </button>
      </footer>
    </form>
  )
}
