import { RoomBars } from '../../parts/room-bars.tsx'
import { StandingBadge } from '../../parts/standing-badge.tsx'
import { fleet } from '../../store/live.ts'
import { goTo, pathOf } from '../../store/route.ts'
import { standingOf } from '../../store/standing.ts'

/** So many are listed; others are typed. */
const CARDS_MAX = 60

/** Which trader? */
export function TraderChoice() {
  void fleet.revision.value
  const members = [...fleet.members.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return (
    <section class="what-if-view">
      <h1>What if</h1>
      <p class="quiet">
        What other limits would have done with what was recorded of a trader. Nothing is changed by it. Choose a trader.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const id = new FormData(event.currentTarget).get('trader')
          if (typeof id === 'string' && id !== '') goTo(pathOf('what-if', id))
        }}
      >
        <label>
          Trader <input name="trader" list="what-if-traders" required autocomplete="off" />
        </label>
        <datalist id="what-if-traders">
          {members.slice(0, 1_000).map(({ id }) => (
            <option key={id} value={id} />
          ))}
        </datalist>{' '}
        <button type="submit">Show</button>
      </form>
      {members.length === 0 && (
        <p class="empty">{fleet.isComplete.value ? 'No trader has reported yet.' : 'Reading the risk log …'}</p>
      )}
      <ul class="trader-cards">
        {members.slice(0, CARDS_MAX).map((member) => (
          <li key={member.id} class="card">
            <p>
              <a href={pathOf('what-if', member.id)}>{member.id}</a> <StandingBadge standing={standingOf(member)} />
            </p>
            <RoomBars limits={member.limits} />
          </li>
        ))}
      </ul>
    </section>
  )
}
