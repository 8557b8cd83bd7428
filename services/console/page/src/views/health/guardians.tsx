import { formatCount } from '../../formats/amounts.ts'
import { Age } from '../../parts/age.tsx'
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
          <thead>
            <tr>
              <th scope="col">Guardian</th>
              <th scope="col">Role</th>
              <th scope="col" class="number">
                Heard
              </th>
              <th scope="col" class="number">
                Decided up to input
              </th>
              <th scope="col" class="number">
                Waiting
              </th>
            </tr>
          </thead>
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
