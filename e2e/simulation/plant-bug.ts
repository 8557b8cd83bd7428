import { registerHooks } from 'node:module'
import { type Edit, plants } from './plants.ts'

const ROOT = new URL('../../', import.meta.url).href

/**
 * From now on this process loads files of the product with the bug in them; the files themselves stay as they are. To be called
 * before those are loaded. @throws where the plant is not known, or its words do not stand in a file just once.
 */
export function plantBug(name: string): void {
  const plant = plants.find((one) => one.name === name)
  if (plant === undefined)
    throw new Error(`no plant is called ${name}; there are ${plants.map((one) => one.name).join(', ')}`)
  const edits = [plant, ...(plant.also ?? [])]
  const idle = edits.find(({ find, replace }) => find === replace)
  if (idle !== undefined) throw new Error(`an edit of ${name} changes nothing in ${idle.file}`)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const wanted = edits.filter(({ file }) => url === ROOT + file)
      if (wanted.length === 0 || loaded.source == null) return loaded
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      return { ...loaded, source: wanted.reduce((words, edit) => edited(words, edit, name), source) }
    },
  })
}

function edited(source: string, { file, find, replace }: Edit, plant: string): string {
  const parts = source.split(find)
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times what ${plant} replaces`)
  return parts.join(replace)
}
