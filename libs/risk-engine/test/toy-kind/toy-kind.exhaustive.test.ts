import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { LISTS, NEW_FILES, withLow } from './toy-kind.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

it('a kind of limit needs no line but those of the toy kind: with these, all that is shipped has its types', () => {
  const changed = new Map(Object.entries(NEW_FILES).map(([path, text]) => [ROOT + path, text]))
  for (const [path, list] of Object.entries(LISTS))
    changed.set(ROOT + path, withLow(readFileSync(ROOT + path, 'utf8'), list))
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  const host = ts.createCompilerHost({ ...options, noEmit: true })
  const { readFile, fileExists } = host
  host.readFile = (path) => changed.get(path) ?? readFile(path)
  host.fileExists = (path) => changed.has(path) || fileExists(path)
  const sources = globSync('{libs,services}/*/src/**/*.ts', { cwd: ROOT }).filter(
    (path) => !path.startsWith('libs/testing'),
  )
  const program = ts.createProgram(
    [...sources.map((path) => ROOT + path), ...changed.keys()],
    { ...options, noEmit: true },
    host,
  )
  expect(program.getSourceFile(`${ROOT}libs/risk-engine/src/limits/low.ts`)).toBeDefined()
  const faults = ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  expect(faults).toEqual([])
})
