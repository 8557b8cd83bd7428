import { useState } from 'preact/hooks'
import { COMMAND_KINDS, COMMAND_WORDS, type CommandKind } from '../../commands/command-kinds.ts'
import { fleet } from '../../store/live.ts'
import { goTo, pathOf, type Route, setQuery } from '../../store/route.ts'
import { mayAct } from '../../store/session.ts'
import { AllTraders } from './all-traders.tsx'
import { CommandForm } from './command-form.tsx'
import { TraderCard } from './trader-card.tsx'

/** Commands to one trader, or to all. */
export function OperateView({ route }: { readonly route: Route }) {
  const { id, query } = route
  if (!mayAct('operate')) {
    return (
      <p class="empty">
        Your token has the role read: it shows everything and changes nothing. Log in with a token of the role operate
        or admin.
      </p>
    )
  }
  const kinds = COMMAND_KINDS.filter((kind) => mayAct(COMMAND_WORDS[kind].role))
  const kind = kinds.find((one) => one === query.get('do')) ?? 'pause'
  return (
    <div class="operate">
      <h1>Operate</h1>
      <TraderChoice id={id} />
      {id === null ? (
        <AllTraders />
      ) : (
        <>
          <TraderCard id={id} />
          <KindChoice kinds={kinds} kind={kind} />
          <CommandForm key={`${id} ${kind}`} id={id} kind={kind} given={query} />
        </>
      )}
    </div>
  )
}

function KindChoice({ kinds, kind }: { readonly kinds: readonly CommandKind[]; readonly kind: CommandKind }) {
  return (
    <nav class="kinds" aria-label="Commands">
      {kinds.map((one) => (
        <button key={one} type="button" aria-pressed={one === kind} onClick={() => setQuery({ do: one })}>
          {COMMAND_WORDS[one].title}
        </button>
      ))}
    </nav>
  )
}

function TraderChoice({ id }: { readonly id: string | null }) {
  void fleet.revision.value
  const [typed, setTyped] = useState(id ?? '')
  const known = new Set([...fleet.members.keys(), ...Object.keys(fleet.accounts.value)])
  const choose = (event: SubmitEvent) => {
    event.preventDefault()
    goTo(pathOf('operate', typed === '' ? null : typed))
  }
  return (
    <form class="trader-choice" onSubmit={choose}>
      <label class="field">
        <span>Trader</span>
        <input list="traders" value={typed} onInput={({ currentTarget }) => setTyped(currentTarget.value.trim())} />
      </label>
      <datalist id="traders">
        {[...known].sort().map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <button type="submit">Show</button>
      {id !== null && <a href={pathOf('operate')}>All traders</a>}
    </form>
  )
}
