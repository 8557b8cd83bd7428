/** Why a call did not do what it should. What follows from each stands in remedies.ts. */
export type Failure = (
  | {
      /**
       * `temporary`: it may pass by itself, as the network, a restart or maintenance. `refused`: only a person can help, as a
       * key is wrong or revoked, or a right is missing. `unusable`: it answers, but what it says is missing, empty, partial or
       * old.
       */
      readonly kind: 'temporary' | 'refused' | 'unusable'
    }
  /** The other side asks for patience; null: it does not say for how long. */
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number | null }
) & {
  readonly reason: string
  /** What mends it, where that is known more exactly than by the kind. */
  readonly advice?: string
  /** Of HTTP, where that says it. */
  readonly status?: number
}

const KINDS: readonly string[] = ['temporary', 'rate-limited', 'refused', 'unusable'] satisfies Failure['kind'][]

export function isFailure(answer: { readonly kind: string }): answer is Failure {
  return KINDS.includes(answer.kind)
}
