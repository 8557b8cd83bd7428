import { NATS_ADDRESSES_PATTERN } from '@drawbridge/contracts'
import type { NatsAccess } from '@drawbridge/nats'
import { readSettings, type Source } from './read-settings.ts'
import { optionalText, text } from './setting.ts'

export const DEFAULT_NATS_URL = 'nats://127.0.0.1:4222'

export const natsSettings = {
  url: text<string | null>({
    file: 'nats_url',
    variable: 'NATS_URL',
    about: 'NATS servers, separated by commas. If neither is set, `npm start` runs its own.',
    must: 'an address like "nats://127.0.0.1:4222"',
    pattern: NATS_ADDRESSES_PATTERN,
    fallback: null,
    fallbackWords: DEFAULT_NATS_URL,
  }),
  seedFile: optionalText(
    'NATS_NKEY_SEED_FILE',
    'A file with the seed of an nkey user, as `npm run nats-users` makes them. Read for each connection.',
    'the path of a file',
  ),
  caFile: optionalText(
    'NATS_CA_FILE',
    'The authorities that may have signed the certificate of NATS. If one of these three is set, a server without TLS is refused.',
    'the path of a PEM file',
    "the machine's own",
  ),
  certFile: optionalText('NATS_CERT_FILE', 'Our own certificate, where NATS asks for one.', 'the path of a PEM file'),
  keyFile: optionalText('NATS_KEY_FILE', 'Its key.', 'the path of a PEM file'),
} as const

/** How to connect to NATS; reads no file. */
export function readNats(source: Source): NatsAccess {
  const { url, ...files } = readSettings(natsSettings, source)
  const access = { url: url ?? DEFAULT_NATS_URL, ...files }
  if (access.certFile !== null && access.keyFile === null) {
    source.faults.add('NATS_KEY_FILE', 'is missing; NATS_CERT_FILE is set, and the two go together')
  }
  if (access.keyFile !== null && access.certFile === null) {
    source.faults.add('NATS_CERT_FILE', 'is missing; NATS_KEY_FILE is set, and the two go together')
  }
  return access
}
