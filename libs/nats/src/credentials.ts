import { readFileSync } from 'node:fs'
import { type ConnectionOptions, nkeyAuthenticator, nkeys } from '@nats-io/transport-node'

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

/** The credentials that we present to a NATS server, and our name in messages. */
interface NatsCredentials {
  readonly options: Pick<ConnectionOptions, 'authenticator' | 'tls'>
  /** For people who search the server's configuration for the user. */
  readonly user: string
}

/**
 * Reads the files of an access. The seed is read for each connection, so that a new one needs no restart.
 * @throws if a file cannot be used; the error never quotes its content
 */
export function readCredentials({ seedFile, caFile, certFile, keyFile }: NatsAccess): NatsCredentials {
  const files = {
    ...(caFile === null ? {} : { ca: readText('NATS_CA_FILE', caFile) }),
    ...(certFile === null ? {} : { cert: readText('NATS_CERT_FILE', certFile) }),
    ...(keyFile === null ? {} : { key: readText('NATS_KEY_FILE', keyFile) }),
  }
  // If set, a server without TLS is refused, so that nobody in between can downgrade us to plain text.
  const tls = Object.keys(files).length === 0 ? {} : { tls: files }
  if (seedFile === null) return { options: tls, user: 'without NATS_NKEY_SEED_FILE' }
  let seed = readSeed(seedFile)
  const user = nkeys.fromSeed(seed).getPublicKey()
  const seedNow = () => {
    try {
      seed = readSeed(seedFile)
    } catch {
      // While it is being replaced the last one holds.
    }
    return seed
  }
  return {
    options: { ...tls, authenticator: nkeyAuthenticator(seedNow) },
    user: `of NATS_NKEY_SEED_FILE ${seedFile}, public key ${user}`,
  }
}

function readSeed(file: string): Uint8Array {
  const seed = Buffer.from(readText('NATS_NKEY_SEED_FILE', file).trim())
  try {
    nkeys.fromSeed(seed)
    return seed
  } catch {
    throw new Error(
      `NATS_NKEY_SEED_FILE: ${file} does not hold the seed of an nkey user, which begins with SU; npm run nats-users makes one`,
    )
  }
}

function readText(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`${variable}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
