import type { ApiToken } from '@drawbridge/settings'

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
