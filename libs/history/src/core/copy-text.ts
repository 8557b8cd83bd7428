import type { Columns } from '../tables.ts'

const NULL = '\\N'
const LINE_FEED = 10
/** A value of these types may hold characters that are special to COPY. */
const FREE_TEXT: ReadonlySet<string> = new Set(['text', 'jsonb'])
const SPECIAL = /[\\\t\n\r]/
const ALL_SPECIAL = /[\\\t\n\r]/g
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const FIRST_BYTES = 4_096
/** The most bytes that a UTF-16 unit takes in UTF-8. */
const CHARACTER_BYTES = 3

/** Rows in the text format of COPY, in the order of the columns. */
export class CopyText<Row> {
  readonly #names: readonly (keyof Row)[]
  readonly #mayBeSpecial: readonly boolean[]
  /** The values of the row that is being written: one array for all rows, as each has all columns. */
  readonly #fields: string[]
  #buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #end = 0
  #lastLine = 0

  constructor(columns: Columns<Row>) {
    this.#names = Object.keys(columns) as (keyof Row)[]
    this.#mayBeSpecial = this.#names.map((name) => FREE_TEXT.has(columns[name]))
    this.#fields = this.#names.map(() => '')
  }

  /** The rows, until {@link clear}. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#end)
  }

  /** Begins again in the same memory. */
  clear(): void {
    this.#end = 0
  }

  add(row: Row): void {
    const fields = this.#fields
    for (let index = 0; index < fields.length; index += 1) {
      const value = row[this.#names[index] as keyof Row]
      const text = value === null ? NULL : typeof value === 'string' ? value : String(value)
      fields[index] = value !== null && this.#mayBeSpecial[index] ? escaped(text) : text
    }
    const line = fields.join('\t')
    this.#reserve(line.length * CHARACTER_BYTES + 1)
    this.#lastLine = this.#end
    this.#end += this.#buffer.write(line, this.#end)
    this.#buffer[this.#end++] = LINE_FEED
  }

  /** Adds the row that another one added last. */
  addLastOf(other: CopyText<Row>): void {
    const line = other.#buffer.subarray(other.#lastLine, other.#end)
    this.#reserve(line.length)
    this.#lastLine = this.#end
    this.#end += line.copy(this.#buffer, this.#end)
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(2 * this.#buffer.length + bytes)
    this.#buffer.copy(larger, 0, 0, this.#end)
    this.#buffer = larger
  }
}

function escaped(value: string): string {
  return SPECIAL.test(value) ? value.replace(ALL_SPECIAL, (character) => ESCAPED[character] ?? character) : value
}
