import { registerHooks } from 'node:module'
import ts from 'typescript'
import { type Mutant, mutants } from './mutants.ts'

const ROOT = new URL('../', import.meta.url).href

/**
 * From now on this process loads the file of the product with the bug in it; the file itself is not changed. Call it
 * before that file is loaded.
 * @returns a function that throws if the file was not loaded
 * @throws if the mutant is unknown; loading throws if the mutant changes nothing
 */
export function loadMutant(name: string): () => void {
  const mutant = mutants.find((one) => one.name === name)
  if (mutant === undefined)
    throw new Error(`no mutant is called ${name}; mutants: ${mutants.map((one) => one.name).join(', ')}`)
  let isLoaded = false
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (url !== ROOT + mutant.file || loaded.source == null) return loaded
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      isLoaded = true
      return { ...loaded, source: mutated(source, mutant) }
    },
  })
  return () => {
    if (!isLoaded) throw new Error(`${mutant.file} is not loaded, so ${name} changes nothing`)
  }
}

/** The source with the bug in it. @throws if it is the same source, or `find` does not occur exactly once at the point */
export function mutated(source: string, { name, file, point, find, replace }: Mutant): string {
  const [start, end] = spanOf(source, file, point)
  const before = source.slice(start, end)
  const escaped = find.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const parts = before.split(new RegExp(escaped.replaceAll(' ', '\\s+')))
  if (parts.length !== 2)
    throw new Error(`${point} of ${file} has ${parts.length - 1} times the text that ${name} replaces`)
  const after = parts.join(replace)
  if (after === before) throw new Error(`${name} changes nothing in ${file}`)
  return source.slice(0, start) + after + source.slice(end)
}

/** The start and end of a named function, method or constant. @throws unless there is exactly one */
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
  if (span === undefined || found.length > 1)
    throw new Error(`${file} has ${found.length} declarations of ${point}, instead of one`)
  return span
}

function isNamed(node: ts.Node): node is ts.Declaration {
  const isBig = ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node)
  return isBig || ts.isClassElement(node) || ts.isVariableDeclaration(node)
}
