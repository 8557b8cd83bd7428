import { registerHooks } from 'node:module'
import { MUTANTS, type Mutant } from './mutants.ts'

const ROOT = new URL('../../../', import.meta.url).href
const ENGINE = `${ROOT}risk-engine/src/`
/** What imports the engine; the oracle and the histories are no part of it. */
const RUN = /^(risk-engine\/src\/.*|testing\/src\/engine\/(engine-run|engine-messages|specification))\.ts$/

/**
 * From now on this process can load the engine with a bug in it, beside the engine without: a module that is imported as
 * `...ts?mutant=<number>` imports the rest of the engine so, too. No file is changed.
 */
export function loadMutants(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const mutant = mutantOf(context.parentURL ?? '')
      const { url } = resolved
      const isOfTheRun = url.startsWith(ROOT) && RUN.test(url.slice(ROOT.length))
      return mutant === null || !isOfTheRun ? resolved : { ...resolved, url: `${url}?mutant=${mutant}` }
    },
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const mutant = MUTANTS[mutantOf(url) ?? -1]
      if (mutant === undefined || !url.startsWith(`${ENGINE}${mutant.file}?`) || loaded.source == null) return loaded
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      return { ...loaded, source: mutated(source, mutant) }
    },
  })
}

function mutantOf(url: string): number | null {
  const number = new URLSearchParams(url.split('?')[1] ?? '').get('mutant')
  return number === null ? null : Number(number)
}

/** The source with the bug in it. @throws if it is the same source, or the text does not occur exactly once */
export function mutated(source: string, { file, find, replace }: Mutant): string {
  const count = source.split(find).length - 1
  if (count !== 1) throw new Error(`${file} has ${count} times the text "${find}"`)
  if (find === replace) throw new Error(`"${find}" of ${file} is replaced by itself`)
  return source.replace(find, () => replace)
}
