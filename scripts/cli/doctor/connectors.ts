import type { Config } from '@drawbridge/settings'
import { type Finding, fault, ok } from './finding.ts'

/** Whether the settings of each connector can be used; what an adapter needs is known by the adapter. */
export async function checkConnectors({ connectors }: Pick<Config, 'connectors'>): Promise<readonly Finding[]> {
  const names = Object.keys(connectors)
  if (names.length === 0) return []
  // Adapters bring the libraries of exchanges along.
  const { readConnectorSetups } = await import('@drawbridge/connector')
  const setups = readConnectorSetups({ connectors })
  const advice = 'correct it; docs/connect shows each adapter'
  if (!setups.ok) return setups.reason.split('\n').map((reason) => fault('connectors', reason, advice))
  const check = `npm run drawbridge -- connect ${names.length === 1 ? names[0] : '<name>'}`
  return [{ ...ok('connectors', `${names.join(', ')}: valid`), advice: `to check one against its account: ${check}` }]
}
