import { registerHooks } from 'node:module'
import ts from 'typescript'
import { type Plant, plants } from './plants.ts'

const ROOT = new URL('../', import.meta.url).href

/**
 * From now on this process loads the file of the product with the bug in it; the file itself stays as it is. To be called
 * before that is loaded.
 * @returns what throws unless the bug has been loaded
 * @throws where the plant is not known, or changes nothing
 */
export function plantBug(name: string): () => void {
  const plant = plants.find((one) => one.name === name)
  if (plant === undefined)
    throw new Error(`no plant is called ${name}; there are ${plants.map((one) => one.name).join(', ')}`)
  let isLoaded = false
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (url !== ROOT + plant.file || loaded.source == null) return loaded
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      isLoaded = true
      return { ...loaded, source: planted(source, plant) }
    },
  })
  return () => {
    if (!isLoaded) throw new Error(`${plant.file} is not loaded, so ${name} changes nothing`)
  }
}

/** The source with the bug in it. @throws where it is the same source, or the words of the plant do not stand at its point once */
export function planted(source: string, { name, file, point, find, replace }: Plant): string {
  const [start, end] = spanOf(source, file, point)
  const before = source.slice(start, end)
  const escaped = find.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const parts = before.split(new RegExp(escaped.replaceAll(' ', '\\s+')))
  if (parts.length !== 2) throw new Error(`${point} of ${file} holds ${parts.length - 1} times what ${name} replaces`)
  const after = parts.join(replace)
  if (after === before) throw new Error(`${name} changes nothing in ${file}`)
  return source.slice(0, start) + after + source.slice(end)
}

/** Where a named function, method or constant begins and ends. @throws where there is none, or more than one */
function spanOf(text: string, file: string, point: string): readonly [number, number] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: (readonly [number, number])[] = []
  const visit = (node: ts.Node, path: readonly string[]) => {
    const name = isNamed(node) ? ts.getNameOfDeclaration(node)?.getText(source) : undefined
    const here = name === undefined ? path : [...path, name]
    if (name !== undefined && here.join('.') === point) found.push([node.getStart(source), node.end])
    else ts.forEachChild(node, (child) => visit(child, here))
  }
  visit(source, [])
  const [span] = found
  if (span === undefined || found.length > 1) throw new Error(`${file} has ${found.length} times a ${point}`)
  return span
}

function isNamed(node: ts.Node): node is ts.Declaration {
  const isBig = ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node)
  return isBig || ts.isClassElement(node) || ts.isVariableDeclaration(node)
}
