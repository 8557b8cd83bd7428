import { formatCount } from '../../formats/amounts.ts'
import { Age } from '../../parts/age.tsx'
import { number, TableHead } from '../../parts/table-head.tsx'
import type { Health } from './health.ts'

export function Guardians({ guardians }: Pick<Health, 'guardians'>) {
  const isKnown = guardians.some(({ isActive }) => isActive)
  return (
    <section class="card" aria-label="Guardians">
      <h2>Guardians</h2>
      {guardians.length === 0 ? (
        <p class="quiet">None was heard since this console started.</p>
      ) : (
        <table>
          <TableHead
            columns={['Guardian', 'Role', number('Heard'), number('Decided up to input'), number('Waiting')]}
          />
          <tbody>
            {guardians.map(({ instance, heardAt, settled, lag, isActive }) => (
              <tr key={instance}>
                <th scope="row">{instance}</th>
                <td>{isActive ? 'active' : isKnown ? 'standby' : 'has stored nothing yet'}</td>
                <td class="number">
                  <Age at={heardAt} />
                </td>
                <td class="number">{formatCount(settled)}</td>
                <td class="number">{formatCount(lag)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
