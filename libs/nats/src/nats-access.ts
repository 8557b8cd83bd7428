/** How to connect to NATS: addresses, and files with our identity and the authorities we trust. */
export interface NatsAccess {
  /** Separated by commas. */
  readonly url: string
  /** Holds the seed of an nkey user; null: no user, or the address contains one. */
  readonly seedFile: string | null
  /** PEM of the authorities that may have signed the server's certificate; null: those that Node.js knows. */
  readonly caFile: string | null
  /** PEM of our own certificate and key, where the server asks for one. */
  readonly certFile: string | null
  readonly keyFile: string | null
}

/** Access by address alone. */
export function openAccess(url: string): NatsAccess {
  return { url, seedFile: null, caFile: null, certFile: null, keyFile: null }
}
