import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type Program, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { hashToken, parseTokens } from '@drawbridge/settings'
import { pathFrom } from '@drawbridge/settings/place'
import { text } from './options.ts'

const HELP = `Creates an API token, and adds its name, role and hash to a file for API_TOKENS_FILE.

  npm run drawbridge -- make-token --name me --role admin [--expires 2027-01-01T00:00:00Z] [--file api-tokens.json]
  npm run drawbridge -- make-token --name bot1 --role bot --trader bot1 [--trader bot2] [--prefix desk-]

  --name name       who has it; commands given with it are recorded under this name
  --role role       read, operate (also reports equity, pauses, resumes) or admin (also changes limits and flags), for all
                    traders; bot: reports, asks and hears the named traders, and nothing else
  --trader id       of a bot: a trader of its own; may be repeated
  --prefix text     of a bot: every trader whose id begins so is its own, like desk-; may be repeated
  --expires instant from then on it is refused; default: valid until it is removed from the file
  --file file       the file, created if missing (default: API_TOKENS_FILE, else api-tokens.json)
  --help            this text

The token is printed once, on standard output; the file has only its SHA-256. Services read a changed file within a second. To
revoke a token, remove its entry. Exit codes: 0 done; 1 failed; 2 the command line is not valid.
`

const names = { type: 'string', multiple: true } as const

/** 256 bits: nobody guesses it. */
const TOKEN_BYTES = 32

export const makeToken: Program = {
  help: HELP,
  async run(args, { env, cwd, stdout, stderr }) {
    const { values } = readOptions(args, {
      name: text,
      role: text,
      trader: names,
      prefix: names,
      expires: text,
      file: { ...text, default: env.API_TOKENS_FILE || 'api-tokens.json' },
    })
    const { name, role, trader: ids = [], prefix: prefixes = [], expires, file } = values
    if (name === undefined) throw new UsageError('--name is missing: who is it for?')
    if (role === undefined) throw new UsageError('--role is missing: read, operate, admin or bot?')
    const traders = [...ids, ...prefixes.map((prefix) => `${prefix.replace(/\*$/, '')}*`)]
    if (role === 'bot' && traders.length === 0)
      throw new UsageError('a bot needs --trader or --prefix: which are its own?')
    if (role !== 'bot' && traders.length > 0) {
      throw new UsageError(`--trader and --prefix belong to --role bot; the role "${role}" is for all traders`)
    }
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    const entry = {
      name,
      role,
      ...(traders.length === 0 ? {} : { traders }),
      sha256: hashToken(token).toString('hex'),
      ...(expires === undefined ? {} : { expires }),
    }
    const valid = parseTokens(JSON.stringify([entry]))
    if (!valid.ok) throw new UsageError(valid.reason.replaceAll('token 1: ', '--'))
    const of = traders.length === 0 ? '' : ` of ${traders.join(', ')}`
    const path = pathFrom(cwd, file)
    writeEntries(path, [...entriesOf(path), entry])
    printLine(stderr, `added ${name} (${role}${of}) to ${file}; the token is shown only once:`)
    printLine(stdout, token)
    return 0
  },
}

function entriesOf(file: string): readonly unknown[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const tokens = parseTokens(text)
  if (!tokens.ok) throw new Error(`${file} is not a file of tokens: ${tokens.reason}`)
  return JSON.parse(text) as readonly unknown[]
}

/** By renaming: a service that reads it meanwhile sees a complete file. */
function writeEntries(file: string, entries: readonly unknown[]): void {
  const next = `${file}.new`
  writeFileSync(next, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 })
  renameSync(next, file)
}
