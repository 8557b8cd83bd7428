import { readFileSync } from 'node:fs'
import { type ProgramContext, UsageError } from '@drawbridge/service-kit/program'
import { pathFrom } from '@drawbridge/settings/place'
import { text } from '../options.ts'

/** Options of every command that asks the console. */
export const CONSOLE_OPTIONS = { url: text, 'token-file': text } as const

/** Their lines in a help. */
export const CONSOLE_HELP = `  --url url          the console (default: DRAWBRIDGE_URL, else that of the settings, http://localhost:8080)
  --token-file file  a file with the API token (default: the token in DRAWBRIDGE_TOKEN)`

export interface Address {
  /** Without a slash at its end. */
  readonly url: string
  /** Null: none is sent. */
  readonly token: string | null
}

interface Given {
  readonly url?: string | undefined
  readonly 'token-file'?: string | undefined
}

/** Where the console is, and the token for it. Settings are read only where nothing else names it. */
export async function addressOf(context: ProgramContext, given: Given): Promise<Address> {
  const { env } = context
  const named = given.url ?? env.DRAWBRIDGE_URL
  const url = named ? checkedUrl(named) : await urlOfSettings(context)
  return { url: url.replace(/\/+$/, ''), token: tokenOf(context, given['token-file']) }
}

function checkedUrl(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
  throw new UsageError(`--url must be an address like "http://localhost:8080", got "${url}"`)
}

async function urlOfSettings(context: ProgramContext): Promise<string> {
  const { configOf } = await import('@drawbridge/settings')
  const { console: address, http } = configOf(context)
  const isLocal = ['0.0.0.0', '::', '127.0.0.1', '::1', 'localhost'].includes(address.host)
  const host = isLocal ? 'localhost' : address.host.includes(':') ? `[${address.host}]` : address.host
  return `${http.tlsCertFile === null ? 'http' : 'https'}://${host}:${address.port}`
}

function tokenOf({ env, cwd }: ProgramContext, file: string | undefined): string | null {
  if (file === undefined) return env.DRAWBRIDGE_TOKEN?.trim() || null
  let token: string
  try {
    token = readFileSync(pathFrom(cwd, file), 'utf8').trim()
  } catch (error) {
    throw new UsageError(`--token-file ${file} cannot be read: ${(error as Error).message}`)
  }
  if (token !== '' && !/\s/.test(token)) return token
  throw new UsageError(`--token-file ${file} must hold one token, and nothing else`)
}
