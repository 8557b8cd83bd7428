import { readFileSync } from 'node:fs'
import { type ConnectionOptions, nkeyAuthenticator, nkeys } from '@nats-io/transport-node'
import type { NatsAccess } from './nats-access.ts'

/** What we show to a NATS server, and how we speak of ourselves. */
export interface NatsCredentials {
  readonly options: Pick<ConnectionOptions, 'authenticator' | 'tls'>
  /** For people who look for the user in the server's configuration. */
  readonly user: string
}

/**
 * Reads the files of an access. The seed is read again for each connection, so that a new one needs no restart.
 * @throws where a file cannot be used; never with what it holds
 */
export function readCredentials({ seedFile, caFile, certFile, keyFile }: NatsAccess): NatsCredentials {
  const files = {
    ...(caFile === null ? {} : { ca: readText('NATS_CA_FILE', caFile) }),
    ...(certFile === null ? {} : { cert: readText('NATS_CERT_FILE', certFile) }),
    ...(keyFile === null ? {} : { key: readText('NATS_KEY_FILE', keyFile) }),
  }
  // Given at all, a server without TLS is refused: nobody may have us speak in plain text by being in the way.
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
