import type { LimitsMessage } from '@drawbridge/contracts/pure'
import { useMemo } from 'preact/hooks'
import { formatCount } from '../../formats/amounts.ts'
import { Refused } from '../../history/refused.tsx'
import { useAnswer } from '../../history/use-answer.ts'
import { pathOf, type Route, setQuery } from '../../store/route.ts'
import { useTheme } from '../trader/use-theme.ts'
import { useZone } from '../trader/use-zone.ts'
import { BlockedTimes } from './blocked-times.tsx'
import { Figures } from './figures.tsx'
import { changeOf, type Preset, type Setting, settingOf, settingText, UNCHANGED } from './setting.ts'
import { SettingPanel } from './setting-panel.tsx'
import { TraderChoice } from './trader-choice.tsx'
import { useWhatIf } from './use-what-if.ts'
import { WhatIfPicture } from './what-if-picture.tsx'
import '../trader/trader.css'
import './what-if.css'

/** What other limits would have done with what was recorded of a trader. */
export function WhatIfView({ route }: { readonly route: Route }) {
  const { id } = route
  return id === null ? <TraderChoice /> : <WhatIfOf key={id} trader={id} query={route.query} />
}

function WhatIfOf({ trader, query }: { readonly trader: string; readonly query: URLSearchParams }) {
  const account = useAnswer<{ readonly limits: LimitsMessage }>(`/api/traders/${encodeURIComponent(trader)}`)
  const firms = useAnswer<{ readonly presets: readonly Preset[] }>('/api/presets')
  const refused = account.refusal === null ? firms : account
  return (
    <section class="what-if-view">
      <h1>
        What if: <a href={pathOf('traders', trader)}>{trader}</a>
      </h1>
      {refused.refusal !== null && <Refused refusal={refused.refusal} again={refused.again} />}
      {account.value !== null && firms.value !== null ? (
        <Tried trader={trader} query={query} inForce={account.value.limits} presets={firms.value.presets} />
      ) : (
        refused.refusal === null && <p class="empty">Loading …</p>
      )}
    </section>
  )
}

interface TriedProps {
  readonly trader: string
  readonly query: URLSearchParams
  readonly inForce: LimitsMessage
  readonly presets: readonly Preset[]
}

function Tried({ trader, query, inForce, presets }: TriedProps) {
  const settings = settingsIn(query)
  const changes = settings.map(({ setting }) => changeOf(setting, inForce, presets) ?? {})
  const answer = useWhatIf(trader, changes)
  const theme = useTheme()
  const timeZone = useZone(trader)
  const names = useMemo(() => ['What happened', ...settings.map(({ name }) => name)], [settings.length])
  const isWhole = answer.state === 'judged' && answer.judged.reports.length === names.length
  return (
    <>
      <div class="what-if-settings">
        {settings.map(({ key, name, setting }) => (
          <SettingPanel
            key={key}
            trader={trader}
            name={name}
            setting={setting}
            inForce={inForce}
            presets={presets}
            onSetting={(next) => setQuery({ [key]: settingText(next) || EMPTY })}
            onRemove={key === 'b' ? () => setQuery({ b: null }) : null}
          />
        ))}
        {settings.length === 1 && (
          <button type="button" onClick={() => setQuery({ b: EMPTY })}>
            Compare with another setting
          </button>
        )}
      </div>
      {answer.state === 'failed' && (
        <p class="refused" role="alert">
          {answer.words}
        </p>
      )}
      {answer.state === 'loading' && <p class="empty">Loading what was recorded …</p>}
      {answer.state === 'judged' && isWhole && (
        <section class="panel">
          <Progress events={answer.judged.events} of={answer.judged.of} isDone={answer.isDone} />
          {answer.judged.cut !== 'none' && <p class="quiet">{WORDS_OF_CUT[answer.judged.cut]}</p>}
          <WhatIfPicture judged={answer.judged} names={names} timeZone={timeZone} theme={theme} />
          <Figures judged={answer.judged} names={names} />
          {answer.isDone && <BlockedTimes judged={answer.judged} names={names} timeZone={timeZone} />}
        </section>
      )}
    </>
  )
}

const WORDS_OF_CUT = {
  known: 'The first events are not kept any more: it begins with the account as it was then.',
  unknown: 'The first events are not kept any more: it begins as a new account with those that are.',
} as const

interface ProgressProps {
  readonly events: number
  readonly of: number
  readonly isDone: boolean
}

function Progress({ events, of, isDone }: ProgressProps) {
  return (
    <p class="quiet" role="status">
      {isDone ? `${formatCount(events)} events judged again.` : <progress value={events} max={Math.max(of, 1)} />}
    </p>
  )
}

/** Stands for a setting in which nothing has been turned yet. */
const EMPTY = 'none'

/** The settings that the address names: one at least, two at most. */
function settingsIn(query: URLSearchParams): readonly { key: 'a' | 'b'; name: string; setting: Setting }[] {
  const b = settingOf(query.get('b'))
  const first = { key: 'a', name: 'Setting A', setting: settingOf(query.get('a')) ?? UNCHANGED } as const
  return b === null ? [first] : [first, { key: 'b', name: 'Setting B', setting: b }]
}
