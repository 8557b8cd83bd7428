/**
 * Who vouches for the author of a command. The subject decides that, never the payload.
 *
 * - `user`: the server lets only this user publish there.
 * - `http`: only the HTTP API publishes there; it identifies its caller by a token and names it.
 * - `nobody`: everybody who may give commands may publish there.
 */
export type Signer =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'http' }
  | { readonly kind: 'nobody' }

/** Prefix of an author that nobody vouches for. No user and no token can have a name with a colon. */
export const UNVERIFIED = 'unverified:'

/** The author that the HTTP API names if it requires no token, and the default if it names none. */
export const ANYBODY_BY_HTTP = 'http'

/** Who gave a command, and on whose behalf if that is given. */
export interface Author {
  readonly by: string | null
  readonly onBehalfOf?: string
}

/** The author. Without `onBehalfOf` the field is absent, as in events of earlier versions. */
export function authorOf({ by, onBehalfOf }: Author): Author {
  return onBehalfOf === undefined ? { by } : { by, onBehalfOf }
}
