import { type Parsed, parsed, refused } from '@drawbridge/contracts'

const MODES: readonly string[] = ['disable', 'require', 'verify-ca', 'verify-full']

/**
 * Adds the TLS settings to a database address: `sslmode` with the meaning that it has in libpq, which the client uses only
 * if told so. A CA file alone means `verify-full`; together with `require` it means `verify-ca`.
 *
 * libpq's `prefer` and `allow` are refused: the client would silently either insist on TLS or do without.
 * @param caFile PEM of the authorities that may have signed the server's certificate; null: those that Node.js knows, or
 * those in the address
 */
export function withDatabaseTls(address: string, caFile: string | null): Parsed<string> {
  // The address of a Unix socket.
  if (!URL.canParse(address)) return parsed(address)
  const url = new URL(address)
  const { searchParams } = url
  const mode = searchParams.get('sslmode') ?? (caFile === null ? null : 'verify-full')
  if (mode === null) return parsed(address)
  if (!MODES.includes(mode)) {
    return refused(`sslmode must be one of ${MODES.join(', ')}, got ${JSON.stringify(mode)}`)
  }
  searchParams.set('sslmode', mode)
  if (caFile !== null && mode !== 'disable') searchParams.set('sslrootcert', caFile)
  if (mode === 'verify-ca' && !searchParams.has('sslrootcert')) {
    return refused(
      'sslmode verify-ca needs DATABASE_CA_FILE: without it, any public authority would be accepted; or use verify-full',
    )
  }
  searchParams.set('uselibpqcompat', 'true')
  return parsed(url.href)
}
