import { registerHooks } from 'node:module'
import { plants } from './plants.ts'

const ROOT = new URL('../../', import.meta.url).href

/**
 * From now on this process loads a file of the product with the bug in it; the file itself stays as it is. To be called
 * before that file is loaded. @throws where the plant is not known, or its words do not stand in the file just once.
 */
export function plantBug(name: string): void {
  const plant = plants.find((one) => one.name === name)
  if (plant === undefined)
    throw new Error(`no plant is called ${name}; there are ${plants.map((one) => one.name).join(', ')}`)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (url !== ROOT + plant.file || loaded.source == null) return loaded
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      const parts = source.split(plant.find)
      if (parts.length !== 2) throw new Error(`${plant.file} holds ${parts.length - 1} times what ${name} replaces`)
      return { ...loaded, source: parts.join(plant.replace) }
    },
  })
}
