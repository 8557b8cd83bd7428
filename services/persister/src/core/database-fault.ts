/** What an error of the database asks for. */
export type DatabaseFault =
  /** It is away or busy: the same statement may succeed later. */
  | 'retry'
  /** It refuses the data: find the row, and store the others. */
  | 'isolate'
  /** The program, the schema or the settings are wrong: waiting would not help. */
  | 'crash'

/** By SQLSTATE; these differ from their class. */
const BY_STATE: Readonly<Record<string, DatabaseFault>> = {
  '25006': 'retry', // read_only_sql_transaction: a standby, soon promoted or replaced
  '25P03': 'retry', // idle_in_transaction_session_timeout
  '3D000': 'retry', // invalid_catalog_name: the database is not created yet
  P0001: 'isolate', // raise_exception: a trigger refuses the row
}

/** By the first two characters of SQLSTATE. A class that is not here is a 'crash'. */
const BY_CLASS: Readonly<Record<string, DatabaseFault>> = {
  '08': 'retry', // connection exception
  '22': 'isolate', // data exception
  '23': 'isolate', // integrity constraint violation
  '40': 'retry', // transaction rollback: serialization, deadlock
  '53': 'retry', // insufficient resources: disk full, too many connections
  '54': 'isolate', // program limit exceeded: a value is too large
  '55': 'retry', // object not in prerequisite state: in use, lock not available
  '57': 'retry', // operator intervention: shutdown, cannot connect now, query cancelled
  '58': 'retry', // system error outside of PostgreSQL: I/O
}

/** Errors of the network, as the operating system names them. */
const NETWORK: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

/** Connection errors to which the client gives no code. */
const WITHOUT_CODE: ReadonlySet<string> = new Set([
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'Connection terminated unexpectedly',
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
])

const SQLSTATE = /^[0-9A-Z]{5}$/

export function databaseFault(error: unknown): DatabaseFault {
  if (!(error instanceof Error)) return 'crash'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  if (code === null) return WITHOUT_CODE.has(error.message) ? 'retry' : 'crash'
  if (NETWORK.has(code)) return 'retry'
  if (!SQLSTATE.test(code)) return 'crash'
  return BY_STATE[code] ?? BY_CLASS[code.slice(0, 2)] ?? 'crash'
}
