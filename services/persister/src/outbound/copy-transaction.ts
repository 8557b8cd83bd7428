import type pg from 'pg'

/** A statement; where it is a `COPY ... FROM STDIN`, with the rows for it. */
export interface Step {
  readonly sql: string
  readonly rows?: Buffer
}

const COPY_DATA = 'd'.charCodeAt(0)
const COPY_DONE = Buffer.from([...Buffer.from('c'), 0, 0, 0, 4])
/** The length of a message counts itself, and not its kind. */
const LENGTH_BYTES = 4

/**
 * Runs statements in one transaction, in one round trip: one simple query of them all, the rows of its COPYs right behind
 * it. A server that refuses a statement rolls back all of them, and skips the rows that it was going to copy.
 * @returns the command tags, one a statement.
 * @throws what the database or the way to it refuses.
 */
export function runTransaction(client: pg.ClientBase, steps: readonly Step[]): Promise<readonly string[]> {
  const transaction = new CopyTransaction(steps)
  client.query(transaction)
  return transaction.done
}

/** What the client of `pg` asks of a query of somebody's own, as pg-copy-streams has it. */
class CopyTransaction implements pg.Submittable {
  readonly done: Promise<readonly string[]>
  /** The client puts its timeout in the place of this, and expects to hear by it that the query has ended. */
  callback: (error?: Error) => void = () => undefined
  readonly #steps: readonly Step[]
  readonly #tags: string[] = []
  readonly #resolve: (tags: readonly string[]) => void
  readonly #reject: (error: Error) => void

  constructor(steps: readonly Step[]) {
    this.#steps = steps
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
    this.done = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  submit(connection: pg.Connection): void {
    const { stream } = connection
    stream.cork()
    connection.query(this.#steps.map(({ sql }) => sql).join(';\n'))
    for (const { rows } of this.#steps) {
      if (rows === undefined) continue
      const head = Buffer.allocUnsafe(1 + LENGTH_BYTES)
      head[0] = COPY_DATA
      head.writeInt32BE(rows.length + LENGTH_BYTES, 1)
      stream.write(head)
      stream.write(rows)
      stream.write(COPY_DONE)
    }
    stream.uncork()
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#tags.push(text)
  }

  handleReadyForQuery(): void {
    this.callback()
    this.#resolve(this.#tags)
  }

  handleError(error: Error): void {
    this.callback(error)
    this.#reject(error)
  }

  /** The rows are on their way already. */
  handleCopyInResponse(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
}

/** How many rows a statement has added, by its tag: `COPY 5`, `INSERT 0 5`. */
export function rowsOf(tag: string | undefined): number {
  return Number(tag?.slice(tag.lastIndexOf(' ') + 1))
}
