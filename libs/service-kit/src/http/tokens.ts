import { readFileSync, statSync } from 'node:fs'
import { type ApiToken, parseTokens } from '@drawbridge/settings'
import type { Logger } from '../log.ts'

/** Who may call now. */
export type TokenList =
  /** No tokens are configured: everybody. */
  | { readonly kind: 'open' }
  | { readonly kind: 'known'; readonly tokens: readonly ApiToken[] }
  /** The file of the tokens cannot be read: nobody, until it can. The reason is in words for an operator. */
  | { readonly kind: 'unreadable'; readonly reason: string }

/** A list that never changes. */
export function fixedTokens(tokens: readonly ApiToken[]): () => TokenList {
  const list: TokenList = tokens.length === 0 ? { kind: 'open' } : { kind: 'known', tokens }
  return () => list
}

const LOOK_EVERY_MS = 1_000

/**
 * The tokens of a file, which is reloaded within a second of a change: a removed token is refused from then on, without a
 * restart. While the file is missing, empty or invalid, nobody is let in: removing the file may be meant that way.
 */
export class TokenFile {
  readonly #path: string
  readonly #log: Logger
  #list: TokenList
  #seen: string
  #lookedAt = performance.now()

  /** @param tokens its content at the start */
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

  /** A value that changes when the file is replaced, or becomes readable. */
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
      this.#log.info({ tokens: tokens.value.length }, 'API tokens reloaded')
      return { kind: 'known', tokens: tokens.value }
    } catch (error) {
      return this.#unreadable((error as Error).message)
    }
  }

  #unreadable(reason: string): TokenList {
    this.#log.error(
      { file: this.#path, reason },
      'could not reload the API tokens; refusing all requests until the file is valid',
    )
    return {
      kind: 'unreadable',
      reason: `API_TOKENS_FILE: ${reason}; all requests are refused until it is a list of tokens`,
    }
  }
}
