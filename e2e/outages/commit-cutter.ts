import type { Inspector } from '@drawbridge/testing'

const HEAD_BYTES = 5
const COMMAND_COMPLETE = 'C'.charCodeAt(0)
const ERROR = 'E'.charCodeAt(0)
const READY_FOR_QUERY = 'Z'.charCodeAt(0)
const IDLE = 'I'.charCodeAt(0)
const WROTE = /^(INSERT 0|COPY) [1-9]/

/**
 * Cuts connections to PostgreSQL in the middle of a COMMIT, for a proxy. Reads of the protocol what tells that a
 * transaction was committed: a server that is idle again after it wrote rows.
 */
export class CommitCutter {
  #next: 'request' | 'answer' | null = null
  #cuts = 0

  /** How many connections it has cut. */
  get cuts(): number {
    return this.#cuts
  }

  /** The server gets half of what is asked of it next. */
  cutNextRequest(): void {
    this.#next = 'request'
  }

  /** The server commits the next transaction that writes, and nobody hears of it. */
  cutNextAnswer(): void {
    this.#next = 'answer'
  }

  /** To be called for each connection. */
  readonly inspect = (): Inspector => {
    const answers = new Answers()
    return {
      request: (bytes) => (this.#next === 'request' ? this.#cut(bytes.length >> 1) : bytes.length),
      answer: (bytes) => (answers.tellCommit(bytes) && this.#next === 'answer' ? this.#cut(0) : bytes.length),
    }
  }

  #cut(letThrough: number): number {
    this.#next = null
    this.#cuts += 1
    return letThrough
  }
}

/** What a server says over one connection. */
class Answers {
  #rest: Buffer = Buffer.alloc(0)
  #wrote = false

  /** Whether these bytes tell that what was written before is committed. */
  tellCommit(bytes: Buffer): boolean {
    let committed = false
    let left = Buffer.concat([this.#rest, bytes])
    while (left.length >= HEAD_BYTES) {
      // The length counts itself, and not the kind before it.
      const end = 1 + left.readInt32BE(1)
      if (left.length < end) break
      committed = this.#read(left[0], left.subarray(HEAD_BYTES, end)) || committed
      left = left.subarray(end)
    }
    this.#rest = left
    return committed
  }

  #read(kind: number | undefined, body: Buffer): boolean {
    if (kind === COMMAND_COMPLETE && WROTE.test(body.toString())) this.#wrote = true
    if (kind === ERROR) this.#wrote = false
    if (kind !== READY_FOR_QUERY || body[0] !== IDLE) return false
    const committed = this.#wrote
    this.#wrote = false
    return committed
  }
}
