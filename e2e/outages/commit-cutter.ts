import type { Inspector } from '@drawbridge/testing'

const HEAD_BYTES = 5
const COMMAND_COMPLETE = 'C'.charCodeAt(0)
const ERROR = 'E'.charCodeAt(0)
const READY_FOR_QUERY = 'Z'.charCodeAt(0)
const IDLE = 'I'.charCodeAt(0)
const WROTE = /^(INSERT 0|COPY) [1-9]/

/**
 * Cuts connections to PostgreSQL in the middle of a COMMIT, in a proxy. Detects a commit in the protocol: the server is idle
 * again after it wrote rows.
 */
export class CommitCutter {
  #next: 'request' | 'answer' | null = null
  #cuts = 0

  /** How many connections it has cut. */
  get cuts(): number {
    return this.#cuts
  }

  /** The server receives only half of the next request. */
  cutNextRequest(): void {
    this.#next = 'request'
  }

  /** The server commits the next writing transaction, but the answer is lost. */
  cutNextAnswer(): void {
    this.#next = 'answer'
  }

  /** Call for each connection. */
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

/** The answers of a server on one connection. */
class Answers {
  #rest: Buffer = Buffer.alloc(0)
  #wrote = false

  /** Whether these bytes say that earlier writes are committed. */
  tellCommit(bytes: Buffer): boolean {
    let committed = false
    let left = Buffer.concat([this.#rest, bytes])
    while (left.length >= HEAD_BYTES) {
      // The length includes itself, but not the kind before it.
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
