/** How to get to NATS: addresses, and files that say who we are and whom we trust. */
export interface NatsAccess {
  /** Separated by commas. */
  readonly url: string
  /** Holds the seed of an nkey user; null: we are nobody in particular, or the address says who. */
  readonly seedFile: string | null
  /** PEM of the authorities that the server's certificate may be of; null: those that Node.js knows. */
  readonly caFile: string | null
  /** PEM of our own certificate and key, where the server asks for one. */
  readonly certFile: string | null
  readonly keyFile: string | null
}

/** As where nothing is set but the address. */
export function openAccess(url: string): NatsAccess {
  return { url, seedFile: null, caFile: null, certFile: null, keyFile: null }
}
