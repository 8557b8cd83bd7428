import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

/** The packages of this repository that the client is made of: each becomes a folder beside the others. */
const PARTS = ['client', 'contracts', 'nats'] as const

/** What Node 20 has: newer functions do not compile. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  noEmit: false,
  declaration: true,
  noEmitOnError: true,
  allowImportingTsExtensions: true,
  rewriteRelativeImportExtensions: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
}

/**
 * Writes the client as JavaScript with declarations.
 * @throws with the compiler's messages, one a line
 */
export function compileClient(root: string, outDir: string): void {
  const entry = path.join(root, 'libs/client/src/index.ts')
  // Through node_modules, the other parts would count as packages of others, which are not compiled.
  const paths = Object.fromEntries(
    PARTS.map((part) => [`@drawbridge/${part}`, [path.join(root, 'libs', part, 'src/index.ts')]]),
  )
  const typeRoots = [path.join(root, 'node_modules/@types')]
  const program = ts.createProgram([entry], { ...OPTIONS, paths, typeRoots, rootDir: path.join(root, 'libs'), outDir })
  const write: ts.WriteFileCallback = (file, text) => {
    const target = path.join(outDir, placeOf(path.relative(outDir, file)))
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, withinPackage(text, path.relative(path.dirname(target), outDir)))
  }
  const { diagnostics } = program.emit(undefined, write)
  const faults = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
  if (faults.length === 0) return
  const host = { getCanonicalFileName: (name: string) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' }
  throw new Error(`the client does not compile for Node 20:\n${ts.formatDiagnostics(faults, host)}`)
}

/** `client/src/gate.js` stands in `client/gate.js`. */
function placeOf(file: string): string {
  return file.replace(/^([a-z]+)[/\\]src[/\\]/, '$1/')
}

const PART = new RegExp(`(['"])@drawbridge/(${PARTS.join('|')})\\1`, 'g')
/** Declarations keep the extension of the source. */
const SOURCE = /((?:from|import\() ?['"]\.[^'"]*)\.ts(['"])/g

/** Imports of the other parts lead to their folders. */
function withinPackage(text: string, toRoot: string): string {
  const up = toRoot === '' ? '.' : toRoot.split(path.sep).join('/')
  return text.replace(PART, `$1${up}/$2/index.js$1`).replace(SOURCE, '$1.js$2')
}
