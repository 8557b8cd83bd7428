/**
 * Who vouches for the author of a command: the subject that it came on, never what it says.
 *
 * - `user`: the server lets this user alone publish there.
 * - `http`: the HTTP API alone publishes there; it knows its caller by a token, and says who it is.
 * - `nobody`: whoever may give commands at all may publish there.
 */
export type Signer =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'http' }
  | { readonly kind: 'nobody' }

/** Begins an author that nobody vouches for. No user and no token can have a name with a colon. */
export const UNVERIFIED = 'unverified:'

/** Who the HTTP API names where it asks for no token, and takes the place of one that it does not name. */
export const ANYBODY_BY_HTTP = 'http'

/** Who gave a command, and for whom where that is said. */
export interface Author {
  readonly by: string | null
  readonly onBehalfOf?: string
}

/** The author alone. Where nobody else is named, there is no field for it: events are as before there was that. */
export function authorOf({ by, onBehalfOf }: Author): Author {
  return onBehalfOf === undefined ? { by } : { by, onBehalfOf }
}
