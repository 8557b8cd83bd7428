import Type, { type Static } from 'typebox'

const url = (what: string) =>
  Type.Optional(
    Type.String({
      pattern: '^https?://[^ ]+$',
      description: `${what}, an address like "http://127.0.0.1:9000/account"`,
    }),
  )
const pointer = (what: string) =>
  Type.Optional(
    Type.String({
      pattern: '^(/([^~]|~[01])*)?$',
      description: `where ${what} is in the answer, a JSON Pointer like "/account/equity"`,
    }),
  )

export const GenericSchema = Type.Object({
  equity_url: url('where the equity is asked for'),
  equity_at: pointer('the equity'),
  balance_at: pointer('the balance'),
  net_deposits_at: pointer('the sum of deposits less withdrawals'),
  currency_at: pointer('the currency'),
  time_at: pointer('the time of the reading'),
  currency: Type.Optional(Type.String({ pattern: '^[!-~]{1,16}$', description: 'a currency like "USD"' })),
  headers: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'an object of headers that are no secrets' }),
  ),
  block_url: url('what blocks entries'),
  unblock_url: url('what allows them again'),
  flatten_url: url('what closes all positions'),
  command: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 64,
      description: 'a program and its arguments, like ["python3", "account.py"]',
    }),
  ),
  can: Type.Optional(
    Type.Array(Type.Enum(['block', 'flatten']), {
      maxItems: 2,
      description: 'what the command can, of ["block", "flatten"]',
    }),
  ),
  calls_per_minute: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 60_000, description: 'a whole number of calls, 1 to 60000' }),
  ),
})
export type GenericSettings = Static<typeof GenericSchema>

const OF_URLS = [
  'equity_url',
  'equity_at',
  'balance_at',
  'net_deposits_at',
  'currency_at',
  'time_at',
  'headers',
  'block_url',
  'unblock_url',
  'flatten_url',
] as const satisfies readonly (keyof GenericSettings)[]

/** What does not fit together, a sentence each. */
export function faultsOfGeneric(settings: GenericSettings): readonly string[] {
  const given = OF_URLS.filter((field) => settings[field] !== undefined)
  if (settings.command !== undefined) {
    return given.map((field) => `${field} belongs to addresses, and a command is given, too; remove one of them`)
  }
  const faults: string[] = []
  if (settings.can !== undefined) faults.push('can belongs to a command; addresses say it by block_url and flatten_url')
  if (settings.equity_url === undefined && settings.block_url === undefined) {
    return [...faults, 'equity_url is missing: where the equity is asked for; or give a command']
  }
  if (settings.equity_url !== undefined && settings.equity_at === undefined) {
    faults.push('equity_at is missing: where the equity is in the answer, a JSON Pointer like "/equity"')
  }
  if (settings.equity_url !== undefined && settings.currency === undefined && settings.currency_at === undefined) {
    faults.push('currency is missing, like "USD"; or say with currency_at where it is in the answer')
  }
  if ((settings.block_url === undefined) !== (settings.unblock_url === undefined)) {
    faults.push('block_url and unblock_url need each other: what is blocked must be allowed again')
  }
  return faults
}
