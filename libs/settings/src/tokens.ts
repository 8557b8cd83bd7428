import { createHash, timingSafeEqual } from 'node:crypto'
import { compileCheck, type Instant, type Parsed, parsed, parseInstant, refused } from '@drawbridge/contracts'
import Type from 'typebox'
import { parseTraderScope, type TraderScope } from './trader-scope.ts'

/** The roles of people and of programs for all traders. Each includes those before it. */
export const ROLES = ['read', 'operate', 'admin'] as const
export type Role = (typeof ROLES)[number]

const BOT = 'bot'
const TOKEN_ROLES = [...ROLES, BOT] as const

/** The caller, as identified by its token. */
export type Principal =
  | { readonly name: string; readonly role: Role }
  /** A bot, which may report and ask for its own traders and nothing else. */
  | { readonly name: string; readonly role: typeof BOT; readonly traders: TraderScope }

/** A token as stored: only its hash. */
export interface ApiToken {
  readonly principal: Principal
  readonly sha256: Buffer
  /** Refused from then on; null: never. */
  readonly expires: Instant | null
}

export function mayActAs(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

/** The syntax of a bearer token in RFC 6750; 32 random characters cannot be guessed. */
const TOKEN = /^[A-Za-z0-9\-._~+/]{32,512}={0,2}$/
const SHA256 = /^[0-9a-f]{64}$/i
const NAME = '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$'

/** Fields that a fault must not quote are checked by hand. */
const secret = Type.Optional(Type.Unknown())
const EntrySchema = Type.Object(
  {
    name: Type.String({ pattern: NAME, description: 'a name of 1 to 64 letters, digits and ._@-' }),
    role: Type.Enum([...TOKEN_ROLES], { description: '"read", "operate", "admin" or "bot"' }),
    traders: Type.Optional(Type.Unknown()),
    token: secret,
    sha256: secret,
    expires: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
)
const checkEntry = compileCheck<Type.Static<typeof EntrySchema>>(EntrySchema)

/**
 * Reads a list of tokens, `[{name, role, traders of a bot, token or sha256, expires?}]`. A refusal names every fault and quotes no possible
 * secret.
 */
export function parseTokens(text: string): Parsed<readonly ApiToken[]> {
  const list = readList(text)
  if (!list.ok) return list
  const faults: string[] = []
  const tokens: ApiToken[] = []
  list.value.forEach((entry, index) => {
    const read = readEntry(entry)
    if (!read.ok) faults.push(...read.reason.split('; ').map((fault) => `token ${index + 1}: ${fault}`))
    else if (tokens.some((other) => other.sha256.equals(read.value.sha256))) {
      faults.push(`token ${index + 1}: is the token of another entry; make one for each`)
    } else tokens.push(read.value)
  })
  return faults.length === 0 ? parsed(tokens) : refused(faults.join('; '))
}

function readList(text: string): Parsed<readonly unknown[]> {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value) && value.length > 0) return parsed(value)
  } catch (error) {
    // The parser's own message quotes the text.
    const where = error instanceof Error ? /at position \d+(?: \(line \d+ column \d+\))?/.exec(error.message) : null
    return refused(where === null ? 'is not JSON' : `is not JSON ${where[0]}`)
  }
  return refused('must be a list of at least one {name, role, token or sha256, expires}')
}

function readEntry(entry: unknown): Parsed<ApiToken> {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return refused('must be an object {name, role, token or sha256}')
  }
  const checked = checkEntry(entry)
  const faults = checked.ok ? [] : [checked.reason]
  const { token, sha256, expires } = entry as { token?: unknown; sha256?: unknown; expires?: unknown }
  const hash = readSecret(token, sha256)
  if (!hash.ok) faults.push(hash.reason)
  const until = expires === undefined || expires === null ? parsed(null) : parseInstant(expires)
  if (!until.ok) faults.push(`expires ${until.reason}`)
  const principal = checked.ok ? readPrincipal(checked.value) : checked
  if (checked.ok && !principal.ok) faults.push(principal.reason)
  if (!principal.ok || !hash.ok || !until.ok) return refused(faults.join('; '))
  return parsed({ principal: principal.value, sha256: hash.value, expires: until.value })
}

function readPrincipal({ name, role, traders }: Type.Static<typeof EntrySchema>): Parsed<Principal> {
  if (role === BOT) {
    const scope = parseTraderScope(traders)
    return scope.ok ? parsed({ name, role, traders: scope.value }) : scope
  }
  if (traders === undefined) return parsed({ name, role })
  return refused(`traders belongs to the role "bot"; a token of the role "${role}" is for all traders`)
}

function readSecret(token: unknown, sha256: unknown): Parsed<Buffer> {
  if ((token === undefined) === (sha256 === undefined)) return refused('needs either token or sha256')
  if (token === undefined) {
    if (typeof sha256 === 'string' && SHA256.test(sha256)) return parsed(Buffer.from(sha256, 'hex'))
    return refused('sha256 must be the 64 hexadecimal digits of the SHA-256 of the token')
  }
  if (typeof token === 'string' && TOKEN.test(token)) return parsed(hashToken(token))
  return refused('token must be 32 to 512 letters, digits and -._~+/, randomly generated')
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** The entry of a token, even an expired one. Takes the same time wherever it is in the list, and if it is missing. */
export function findToken(tokens: readonly ApiToken[], token: string): ApiToken | null {
  const hash = hashToken(token)
  let found: ApiToken | null = null
  for (const candidate of tokens) if (timingSafeEqual(candidate.sha256, hash)) found = candidate
  return found
}
