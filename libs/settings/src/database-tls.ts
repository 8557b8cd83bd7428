import { type Parsed, parsed, refused } from '@drawbridge/contracts'

const MODES: readonly string[] = ['disable', 'require', 'verify-ca', 'verify-full']

/**
 * The address of a database with TLS as it asks for: `sslmode` in the meaning of libpq, which the client gives to it only
 * where it is told so. A file of authorities alone asks for `verify-full`; together with `require` it makes it `verify-ca`.
 *
 * libpq's `prefer` and `allow` are refused: the client would either insist on TLS or do without, and never say which.
 * @param caFile PEM of the authorities that the server's certificate may be of; null: those that Node.js knows, or as the
 * address says
 */
export function withDatabaseTls(address: string, caFile: string | null): Parsed<string> {
  // An address of a Unix socket.
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
      'sslmode verify-ca needs DATABASE_CA_FILE: any public authority would do otherwise; or use verify-full',
    )
  }
  searchParams.set('uselibpqcompat', 'true')
  return parsed(url.href)
}
