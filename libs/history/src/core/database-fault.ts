/** What to do after an error of the database. */
export type DatabaseFault =
  /** It lost against another transaction, which may have ended by now: try again at once. */
  | 'conflict'
  /** It accepts nothing now, from anybody or from us: wait and say why; the same statement may succeed later. */
  | 'away'
  /** It refuses the data: find the row, and store the others. */
  | 'isolate'
  /** The program, the schema or the settings are wrong: waiting would not help. */
  | 'crash'

interface Rule {
  readonly fault: DatabaseFault
  /** What an operator can do; null: nothing, or the database's own words say it. */
  readonly advice: string | null
}

const conflict: Rule = { fault: 'conflict', advice: null }
const isolate: Rule = { fault: 'isolate', advice: null }
const crash = (advice: string | null = null): Rule => ({ fault: 'crash', advice })
const away = (advice: string | null = null): Rule => ({ fault: 'away', advice })

const LET_IN =
  'it does not let us in: give the right user and password; the file of DATABASE_URL_FILE is read again for each try, ' +
  'a changed DATABASE_URL needs a restart'
const MIGRATE =
  'the tables are not those of this program: bring them up to date with npm run migrate, and undo what was changed by hand'
const MAKE_ROOM = 'make room on its disk'
const SESSIONS = 'connect past the pooler, or let it keep a session for each connection'

/** By SQLSTATE; these differ from their class. */
const BY_STATE: Readonly<Record<string, Rule>> = {
  '25006': away('it is read-only: wait for its promotion, make it writable, or name the primary'), // read_only_sql_transaction
  '25P03': away(), // idle_in_transaction_session_timeout: we were held up
  '25P04': away(), // transaction_timeout
  '3D000': away('the database does not exist: create it, then npm run migrate'), // invalid_catalog_name
  '42501': crash(
    'the user lacks a right: make it a member of drawbridge_writer, and of drawbridge_retention where RETENTION_DAYS is ' +
      'set; npm run migrate gives these their rights',
  ), // insufficient_privilege
  '53100': away(MAKE_ROOM), // disk_full
  '53300': away('raise max_connections, or run fewer programs'), // too_many_connections
  '55P03': conflict, // lock_not_available
  DB002: isolate, // ours: the history has another event of that version
  P0001: isolate, // raise_exception: a trigger refuses the row
}

/** By the first two characters of SQLSTATE. A class that is not here is a 'crash'. */
const BY_CLASS: Readonly<Record<string, Rule>> = {
  '08': away(), // connection exception
  '22': isolate, // data exception
  '23': isolate, // integrity constraint violation
  '26': crash(SESSIONS), // invalid SQL statement name: a pooler gave us the session of somebody else
  '28': away(LET_IN), // invalid authorization specification: no such user, wrong password, not in pg_hba.conf
  '3F': crash(MIGRATE), // invalid schema name
  '40': conflict, // transaction rollback: serialization failure, deadlock
  '42': crash(MIGRATE), // syntax error or access rule violation: no such table, column or function
  '44': isolate, // WITH CHECK OPTION violation
  '53': away(), // insufficient resources: memory, a configured limit
  '54': isolate, // program limit exceeded: a value is too large
  '55': away(), // object not in prerequisite state: in use
  '57': away(), // operator intervention: shutdown, cannot connect now, query cancelled, database dropped
  '58': away(), // system error outside of PostgreSQL: I/O
  '72': conflict, // snapshot too old
  F0: away(), // configuration file error
}

/** Errors of the network and of TLS, as Node.js names them. */
const NETWORK: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
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
  'There was an error establishing an SSL connection',
  'timeout exceeded when trying to connect',
  'timeout expired',
])

const SQLSTATE = /^[0-9A-Z]{5}$/
const CRASH = crash()
const AWAY = away()
const REFUSED = away(LET_IN)

export function databaseFault(error: unknown): DatabaseFault {
  return ruleOf(error).fault
}

/** Whether the same statement may succeed later. */
export function isTransient(error: unknown): boolean {
  const fault = databaseFault(error)
  return fault === 'conflict' || fault === 'away'
}

/** Whether an operator can be told what to do. */
export function hasAdvice(error: unknown): boolean {
  return ruleOf(error).advice !== null
}

/** An error of the database in words for an operator: what it says, its code, what can be done. */
export function databaseReason(error: unknown): string {
  const message = error instanceof Error && error.message !== '' ? error.message : String(error)
  const code = codeOf(error)
  const { advice } = ruleOf(error)
  return `the database says: ${message}${code === null ? '' : ` (${code})`}${advice === null ? '' : `; ${advice}`}`
}

/** SQLSTATE, or the code of Node.js; null: it has none. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

function ruleOf(error: unknown): Rule {
  if (!(error instanceof Error)) return CRASH
  const code = codeOf(error)
  if (code === null) {
    // The client's own half of a login, as for a password that is empty.
    if (error.message.startsWith('SASL: ')) return REFUSED
    return WITHOUT_CODE.has(error.message) ? AWAY : CRASH
  }
  if (NETWORK.has(code)) return AWAY
  if (!SQLSTATE.test(code)) return CRASH
  return BY_STATE[code] ?? BY_CLASS[code.slice(0, 2)] ?? CRASH
}
