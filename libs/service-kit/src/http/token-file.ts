import { readFileSync, statSync } from 'node:fs'
import { type ApiToken, parseTokens } from '@drawbridge/settings'
import type { Logger } from '../log.ts'
import type { TokenList } from './token-list.ts'

const LOOK_EVERY_MS = 1_000

/**
 * The tokens of a file, which is read again within a second of its change: one that is taken out is refused from then on,
 * without a restart. While the file is gone, empty or broken, nobody is let in: whoever takes the file away may mean that.
 */
export class TokenFile {
  readonly #path: string
  readonly #log: Logger
  #list: TokenList
  #seen: string
  #lookedAt = performance.now()

  /** @param tokens what it holds at the start */
  constructor(path: string, tokens: readonly ApiToken[], log: Logger) {
    this.#path = path
    this.#list = { kind: 'known', tokens }
    this.#log = log
    this.#seen = this.#look()
  }

  current(): TokenList {
    const now = performance.now()
    if (now - this.#lookedAt < LOOK_EVERY_MS) return this.#list
    this.#lookedAt = now
    const seen = this.#look()
    if (seen !== this.#seen) this.#list = this.#read()
    this.#seen = seen
    return this.#list
  }

  /** Whatever differs once the file is another one, or can be read again. */
  #look(): string {
    try {
      const { ino, mtimeNs, ctimeNs, size } = statSync(this.#path, { bigint: true })
      return `${ino} ${mtimeNs} ${ctimeNs} ${size}`
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'missing'
    }
  }

  #read(): TokenList {
    try {
      const tokens = parseTokens(readFileSync(this.#path, 'utf8'))
      if (!tokens.ok) return this.#unreadable(tokens.reason)
      this.#log.info({ tokens: tokens.value.length }, 'API tokens read again')
      return { kind: 'known', tokens: tokens.value }
    } catch (error) {
      return this.#unreadable((error as Error).message)
    }
  }

  #unreadable(reason: string): TokenList {
    this.#log.error({ file: this.#path, reason }, 'API tokens cannot be read; nobody is let in until they can')
    return { kind: 'unreadable', reason: `API_TOKENS_FILE: ${reason}; nobody is let in until it is a list of tokens` }
  }
}
