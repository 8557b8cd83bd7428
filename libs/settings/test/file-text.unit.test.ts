import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'

function faultOf(text: string): string | null {
  const config = loadConfig({}, text)
  return config.ok ? null : config.reason
}

test.each([
  ['a comma too many', '{ "limits": { "max_daily_loss": 3, }, }', / \(a comma before \} or \] is one too many\)$/],
  ['a comment', '{\n  // mine\n  "limits": {}\n}', / \(it may have no comments\)$/],
  ['single quotes', "{ 'limits': {} }", / \(names and words need "double quotes"\)$/],
  ['names without quotes', '{ limits: {} }', / \(names and words need "double quotes"\)$/],
  ['a half of it', '{ "traders": { "a,}": {}', /^config\.json: is not JSON: [^(]*(\(line \d+ column \d+\))?$/],
  ['nothing', ' \n', /^config\.json: is empty: write \{\}/],
])('%s in config.json is told with what to do', (_what, text, fault) => {
  expect(faultOf(text)).toMatch(fault)
})

test.each([
  ['{ "limits": { "max_daily_loss": 3, "max_daily_loss": 8 } }', 'max_daily_loss'],
  ['{ "traders": { "a": {}, "b": {}, "\\u0061": {} } }', 'a'],
  ['{ "limits": {}, "http": { "allowed_hosts": ["limits"] }, "limits": {} }', 'limits'],
])('a setting that is written twice is refused: %s', (text, name) => {
  expect(faultOf(text)).toBe(`config.json: has "${name}" twice in one object: remove one of them`)
})

test('the same name in two objects, and a name as a value, is no repetition', () => {
  const traders = '{ "a": { "limits": { "max_drawdown": 3 } }, "max_drawdown": { "limits": { "max_drawdown": 3 } } }'
  expect(faultOf(`{ "http": { "allowed_hosts": ["a", "a"] }, "traders": ${traders} }`)).toBeNull()
})

test('the mark that editors of Windows put before a text is passed over', () => {
  expect(faultOf('\uFEFF{ "limits": { "max_daily_loss": 3 } }')).toBeNull()
})
