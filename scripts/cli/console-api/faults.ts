import { UsageError } from '@drawbridge/service-kit/program'

/** The console answered with an error; the message says what to do. */
export class ConsoleFault extends Error {
  override readonly name = 'ConsoleFault'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** The console cannot be reached. */
export class NoConsole extends Error {
  override readonly name = 'NoConsole'
  /** Whether the request surely did not reach it. */
  readonly isUnsent: boolean

  constructor(url: string, cause: unknown) {
    const why = whyOf(cause)
    super(`the console at ${url} does not answer (${why}): npm start starts one, and --url names another address`, {
      cause,
    })
    this.isUnsent = UNSENT.test(why)
  }
}

const UNSENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|.*CERT.*|bad port)$/

/** The code of the innermost error: fetch itself says only that it failed. */
function whyOf(error: unknown): string {
  const { cause, code, message, errors } = error as NodeJS.ErrnoException & { readonly errors?: readonly unknown[] }
  if (cause !== undefined) return whyOf(cause)
  if (errors?.[0] !== undefined) return whyOf(errors[0])
  return code ?? message
}

/** What an answer other than success means for who typed the command. */
export function faultOf(status: number, body: unknown, url: string): Error {
  const { error } = (body ?? {}) as { readonly error?: { readonly code?: string; readonly message?: string } }
  if (error?.code === undefined) {
    return new ConsoleFault(
      status,
      'other',
      `${url} answered ${status}, and is no console: --url names another address`,
    )
  }
  const message = asOptions(error.message ?? error.code)
  if (status === 400) return new UsageError(message)
  return new ConsoleFault(status, error.code, `${message}${remedyOf(status, error.code)}`)
}

const TOKEN =
  'put a token in DRAWBRIDGE_TOKEN, or name its file by --token-file. To make one: npm run drawbridge -- make-token --help'

function remedyOf(status: number, code: string): string {
  if (status === 401 || code === 'forbidden') return `\n  ${TOKEN}`
  if (code === 'unknown-trader') return '\n  npm run drawbridge -- status   lists the traders'
  if (code === 'unknown-version')
    return '\n  npm run drawbridge -- events <trader> --all   lists its events with their versions'
  return ''
}

/** The console speaks of fields of a body; here they are options. */
export function asOptions(message: string): string {
  return message
    .replaceAll(/"([a-z_]+)": true/g, (_, field: string) => `--${field.replaceAll('_', '-')}`)
    .replaceAll('send --', 'add --')
    .replace('; send it as "Authorization: Bearer <token>"', '')
}
