import pg from 'pg'

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
 * it. A server that refuses a statement rolls back all of them, and skips the rows that it was going to copy. On a
 * connection that pipelines, it is sent while the one before it is still under way.
 * @returns the command tags, one a statement.
 * @throws what the database or the way to it refuses.
 */
export function runTransaction(client: pg.ClientBase, steps: readonly Step[]): Promise<readonly string[]> {
  const transaction = new CopyTransaction(steps)
  client.query(transaction)
  return transaction.done
}

/** A query to the client of `pg`, which pipelines nothing else: what it is told of the answer is all that differs. */
class CopyTransaction extends pg.Query {
  readonly done: Promise<readonly string[]>
  /** The client puts its timeout in the place of this, and expects to hear by it that the query has ended. */
  callback: (error?: Error) => void = () => undefined
  override readonly submit: (connection: pg.Connection) => void
  readonly #tags: string[] = []
  readonly #resolve: (tags: readonly string[]) => void
  readonly #reject: (error: Error) => void

  constructor(steps: readonly Step[]) {
    super('')
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
    this.done = promise
    this.#resolve = resolve
    this.#reject = reject
    this.submit = (connection) => send(steps, connection)
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

function send(steps: readonly Step[], connection: pg.Connection): void {
  const { stream } = connection
  stream.cork()
  connection.query(steps.map(({ sql }) => sql).join(';\n'))
  for (const { rows } of steps) {
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

/** How many rows a statement has added, by its tag: `COPY 5`, `INSERT 0 5`. */
export function rowsOf(tag: string | undefined): number {
  return Number(tag?.slice(tag.lastIndexOf(' ') + 1))
}
