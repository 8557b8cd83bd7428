/** Why a call did not do what it should. What follows from each stands in remedies.ts. */
export type Failure =
  /** It may pass by itself: the network, a restart, maintenance. */
  | { readonly kind: 'temporary'; readonly reason: string }
  /** The other side asks for patience; null: it does not say for how long. */
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number | null; readonly reason: string }
  /** Only a person can help: a key is wrong or revoked, a right is missing. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It answers, but what it says is missing, empty, partial or old. */
  | { readonly kind: 'unusable'; readonly reason: string }

const KINDS: readonly string[] = ['temporary', 'rate-limited', 'refused', 'unusable'] satisfies Failure['kind'][]

export function isFailure(answer: { readonly kind: string }): answer is Failure {
  return KINDS.includes(answer.kind)
}
