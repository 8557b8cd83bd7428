/** Loaded before a guardian: its process aborts without a message when it reads a tick of {@link HARMFUL_EQUITY}. */
import { registerHooks } from 'node:module'
import { HARMFUL_EQUITY } from './harmful-equity.ts'

const FILE = new URL('../../libs/contracts/src/tick.ts', import.meta.url).href
const FIND = '  const equity = parseTickAmount(message.equity)\n'

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (url !== FILE || loaded.source == null) return loaded
    const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
    if (source.split(FIND).length !== 2) throw new Error(`${FILE} does not have exactly one place to replace`)
    return {
      ...loaded,
      source: source.replace(FIND, `  if (message.equity === ${HARMFUL_EQUITY}) process.abort()\n${FIND}`),
    }
  },
})
