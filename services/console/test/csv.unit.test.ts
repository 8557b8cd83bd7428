import { expect, test } from 'vitest'
import { csvLine } from '../src/core/csv.ts'

test.each([
  ['plain values', ['a', '1.5', '-2'], 'a,1.5,-2\r\n'],
  ['nothing', [null, '', null], ',,\r\n'],
  ['commas, quotes and line ends', ['a,b', 'say "no"', 'two\nlines'], '"a,b","say ""no""","two\nlines"\r\n'],
  ['what a spreadsheet would run', ['=1+1', '+x', '-x', '@sum', '\tx'], "'=1+1,'+x,'-x,'@sum,'\tx\r\n"],
])('a line of CSV has %s as a spreadsheet reads them', (_what, fields, line) => {
  expect(csvLine(fields)).toBe(line)
})
