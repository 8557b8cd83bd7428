import { registerHooks } from 'node:module'
import { LISTS, NEW_FILES, withLow } from './toy-kind.ts'

/**
 * Judges histories of equities with a limit of the toy kind, which only this process knows: a list of JSON of lists comes
 * in as the argument, the references after each reading go out in the same form.
 */
const ROOT = new URL('../../../../', import.meta.url).href
const newFiles = new Map(Object.entries(NEW_FILES).map(([path, text]) => [ROOT + path, text]))
const lists = new Map(Object.entries(LISTS).map(([path, list]) => [ROOT + path, list]))

registerHooks({
  resolve(specifier, context, nextResolve) {
    const url = context.parentURL === undefined ? specifier : URL.parse(specifier, context.parentURL)?.href
    return url !== undefined && newFiles.has(url) ? { url, shortCircuit: true } : nextResolve(specifier, context)
  },
  load(url, context, nextLoad) {
    const source = newFiles.get(url)
    if (source !== undefined) return { format: 'module-typescript', source, shortCircuit: true }
    const loaded = nextLoad(url, context)
    const list = lists.get(url)
    if (list === undefined || loaded.source == null) return loaded
    const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
    return { ...loaded, source: withLow(text, list) }
  },
})

const { EngineRun } = await import('@drawbridge/testing/engine')
const { definitionsOf } = await import('../../src/limits/definitions.ts')
const { limitInWords } = await import('../../src/limits/limit-in-words.ts')
const { DEFAULT_LIMITS, decodeGlobalLimits, mergeLimits, toJsonBytes } = await import('@drawbridge/contracts')

const limit = {
  name: 'rebound',
  measure: 'profit',
  window: 'day',
  reference: { kind: 'low' },
  limit: { amount: '100' },
} as never
const config = { initial_balance: '1000', confirm_jump: null, stale_after_seconds: null, limits: [limit] }

const histories = JSON.parse(process.argv[2] ?? '[]') as readonly (readonly string[])[]
const references = histories.map((equities) => {
  const run = new EngineRun(config)
  return equities.map((equity, index) => {
    const at = new Date(Date.UTC(2026, 5, 10, 10, 0, index)).toISOString()
    const { references: of, ceilings, holders } = run.step({ at, equity })
    return { reference: of.rebound, ceiling: ceilings.rebound, holders }
  })
})

const { name: _name, ...parameters } = limit as Record<string, unknown>
const read = decodeGlobalLimits(toJsonBytes({ limits: { rebound: parameters } }))
const [definition] =
  read.ok && read.value.kind === 'limits'
    ? definitionsOf(mergeLimits(DEFAULT_LIMITS, read.value.limits)).limits.slice(-1)
    : []
const misspelled = decodeGlobalLimits(
  toJsonBytes({ limits: { rebound: { ...parameters, reference: { kind: 'lowest' } } } }),
)
console.log(
  JSON.stringify({
    references,
    words: definition === undefined ? [] : limitInWords(definition),
    refused: misspelled.ok ? null : misspelled.reason,
  }),
)
