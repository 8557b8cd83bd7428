import { type Config, connectorWarningsOf } from '@drawbridge/settings'
import { type Finding, fault, ok, warning } from './finding.ts'

/**
 * Whether the settings of each connector can be used, and whether anybody stops the entries of its trader; what an adapter
 * needs and can is known by the adapter.
 */
export async function checkConnectors(config: Pick<Config, 'connectors' | 'traders'>): Promise<readonly Finding[]> {
  const { connectors } = config
  const names = Object.keys(connectors)
  if (names.length === 0) return []
  // Adapters bring the libraries of exchanges along.
  const { canBlockOf, readConnectorSetups, unstoppedInWords } = await import('@drawbridge/connector')
  const setups = readConnectorSetups({ connectors })
  const advice = 'correct it; docs/connect shows each adapter'
  if (!setups.ok) return setups.reason.split('\n').map((reason) => fault('connectors', reason, advice))
  const stopping = await Promise.all(
    setups.value.map(async (setup) => {
      return { name: setup.name, trader: setup.config.trader, canBlock: await canBlockOf(setup) }
    }),
  )
  const asks = 'have the bot ask (docs/connect), or set "acts": false if it does'
  const check = `npm run drawbridge -- connect ${names.length === 1 ? names[0] : '<name>'}`
  return [
    { ...ok('connectors', `${names.join(', ')}: valid`), advice: `to check one against its account: ${check}` },
    ...connectorWarningsOf(config).map((words) => warning('connectors', words, 'correct it in config.json')),
    ...setups.value.flatMap(({ name, warnings }) =>
      warnings.map(({ found, advice: mend }) => warning('connectors', `${name}: ${found}`, mend)),
    ),
    ...unstoppedInWords(stopping).map((words) => warning('connectors', words, asks)),
  ]
}
