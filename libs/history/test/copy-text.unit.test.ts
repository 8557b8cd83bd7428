import { expect, test } from 'vitest'
import { CopyText } from '../src/core/copy-text.ts'
import type { Columns } from '../src/tables.ts'

interface Row {
  readonly name: string
  readonly size: number | null
  readonly sure: boolean
  readonly detail: string | null
}

const COLUMNS: Columns<Row> = { name: 'text', size: 'bigint', sure: 'boolean', detail: 'jsonb' }
const ROW: Row = { name: 'one', size: 1, sure: true, detail: null }

function textOf(...rows: readonly Row[]): string {
  const text = new CopyText(COLUMNS)
  for (const row of rows) text.add(row)
  return text.bytes.toString()
}

test('a row is a line with its columns in the order of the statement, whatever the order in the row', () => {
  expect(textOf({ sure: true, detail: '{}', size: 1, name: 'one' })).toBe('one\t1\ttrue\t{}\n')
})

test('nothing is told from the word that stands for it', () => {
  expect(textOf({ ...ROW, name: '\\N' })).toBe('\\\\N\t1\ttrue\t\\N\n')
})

test('characters that COPY takes for its own are escaped', () => {
  expect(textOf({ ...ROW, name: 'a\tb\nc\rd\\e' })).toBe('a\\tb\\nc\\rd\\\\e\t1\ttrue\t\\N\n')
})

test('characters of any length are written as UTF-8', () => {
  const name = 'é€😀'.repeat(2_000)

  expect(textOf({ ...ROW, name }, ROW)).toBe(`${name}\t1\ttrue\t\\N\none\t1\ttrue\t\\N\n`)
})

test('the row that another one added last is added again', () => {
  const all = new CopyText(COLUMNS)
  const some = new CopyText(COLUMNS)
  all.add(ROW)
  all.add({ ...ROW, size: 2 })
  some.addLastOf(all)
  all.add({ ...ROW, size: 3 })
  some.addLastOf(all)

  expect(some.bytes.toString()).toBe('one\t2\ttrue\t\\N\none\t3\ttrue\t\\N\n')
})

test('after it was cleared nothing of what was there is left', () => {
  const text = new CopyText(COLUMNS)
  for (let size = 0; size < 1_000; size += 1) text.add({ ...ROW, size })
  text.clear()
  text.add(ROW)

  expect(text.bytes.toString()).toBe('one\t1\ttrue\t\\N\n')
})
