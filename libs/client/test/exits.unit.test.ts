import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const SOURCES = globSync('{libs,services}/*/src/**/*.ts', { cwd: ROOT })

const isReduce = (node: ts.Node): boolean => ts.isStringLiteral(node) && node.text === 'reduce'

function hasReduce(node: ts.Node): boolean {
  return isReduce(node) || (ts.forEachChild(node, (child) => hasReduce(child) || undefined) ?? false)
}

/** What an exit does beside being let through, as the source says it. */
function exitFaults(text: string): readonly string[] {
  const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ESNext, true)
  const faults: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.arguments.some(isReduce)) {
      faults.push(`an exit asks: ${node.getText()}`)
    }
    if (ts.isIfStatement(node) && isComparison(node.expression)) {
      const then = node.thenStatement.getText()
      if (then !== 'return EXIT') faults.push(`an exit is not let through at once: ${then}`)
      if (!isFirst(node)) faults.push(`something comes before the answer to an exit: ${node.getText()}`)
    } else if (ts.isConditionalExpression(node) && hasReduce(node.condition)) {
      faults.push(`an exit is decided with something else: ${node.getText()}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return faults
}

function isComparison(node: ts.Expression): boolean {
  return (
    ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken && hasReduce(node)
  )
}

/** Whether nothing but the reading and the check of the intent comes before. */
function isFirst(node: ts.IfStatement): boolean {
  if (!ts.isBlock(node.parent)) return false
  const before = node.parent.statements.slice(0, node.parent.statements.indexOf(node))
  return before.every((statement) => {
    const words = statement.getText()
    return words.includes('intent') && !/gate|find|await/i.test(words)
  })
}

const read = (file: string) => readFileSync(`${ROOT}/${file}`, 'utf8')

test('no exit reads the gate, in all that is shipped', () => {
  const files = SOURCES.filter((file) => read(file).includes("'reduce'"))
  expect(files.sort()).toEqual([
    'libs/client/src/gate.ts',
    'libs/client/src/verdict.ts',
    'services/trader/src/inbound/routes.ts',
  ])
  expect(files.flatMap((file) => exitFaults(read(file)))).toEqual([])
})

test('the gate and the endpoint each let exits through', () => {
  for (const file of ['libs/client/src/gate.ts', 'services/trader/src/inbound/routes.ts']) {
    expect(read(file)).toContain("if (intent === 'reduce') return EXIT\n")
  }
})

test('the answer to an exit is a constant, which no decision changes', () => {
  expect(read('libs/client/src/verdict.ts')).toMatch(
    /^export const EXIT: Verdict = Object\.freeze\(\{\n {2}allowed: true,/m,
  )
})

test.each([
  ["function f() { if (intent === 'reduce') return this.#decided }", 'not let through at once'],
  ["function f() { if (this.gate.lost) return NO\n if (intent === 'reduce') return EXIT }", 'comes before'],
  ["function f() { return intent === 'reduce' && open ? EXIT : NO }", 'decided with something else'],
  ["function f() { if (gate.canTrade('reduce').allowed) sell() }", 'an exit asks'],
])('the check finds an exit that waits for something: %s', (source, fault) => {
  expect(exitFaults(source)).toEqual([expect.stringContaining(fault)])
})
