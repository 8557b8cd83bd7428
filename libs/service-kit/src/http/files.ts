import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type Parsed, parsed, refused } from '@drawbridge/contracts'
import type { HttpSettings } from '@drawbridge/settings'
import { type ApiToken, parseTokens } from '@drawbridge/settings'

export interface HttpFiles {
  readonly tokens: readonly ApiToken[]
  /** Null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null
}

/** Reads the files that the settings name. A refusal lists every fault, one a line. */
export function readHttpFiles(settings: HttpSettings): Parsed<HttpFiles> {
  const faults: string[] = []
  const read = (setting: string, path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      faults.push(`${setting}: cannot read ${path}: ${(error as Error).message}`)
      return ''
    }
  }
  const tokens =
    settings.tokensFile === null ? settings.tokens : readTokens(settings, settings.tokensFile, read, faults)
  const { tlsCertFile, tlsKeyFile } = settings
  if (tlsCertFile === null && tlsKeyFile === null) return answer(faults, { tokens, tls: null })
  if (tlsCertFile === null || tlsKeyFile === null) {
    faults.push('HTTP_TLS_CERT_FILE, HTTP_TLS_KEY_FILE: only one of them is set; TLS needs both')
    return answer(faults, { tokens, tls: null })
  }
  const tls = { cert: read('HTTP_TLS_CERT_FILE', tlsCertFile), key: read('HTTP_TLS_KEY_FILE', tlsKeyFile) }
  if (tls.cert !== '' && tls.key !== '') faults.push(...faultsOf(tls))
  return answer(faults, { tokens, tls })
}

function readTokens(
  settings: HttpSettings,
  path: string,
  read: (setting: string, path: string) => string,
  faults: string[],
): readonly ApiToken[] {
  if (settings.tokens.length > 0) faults.push('API_TOKENS_FILE: API_TOKENS is set too; set one of them')
  const before = faults.length
  const text = read('API_TOKENS_FILE', path)
  if (faults.length > before) return []
  const tokens = parseTokens(text)
  if (tokens.ok) return tokens.value
  faults.push(...tokens.reason.split('; ').map((fault) => `API_TOKENS_FILE: ${fault}`))
  return []
}

function faultsOf(tls: { readonly cert: string; readonly key: string }): readonly string[] {
  try {
    createSecureContext(tls)
    return []
  } catch (error) {
    const { message } = error as Error
    return [`HTTP_TLS_CERT_FILE, HTTP_TLS_KEY_FILE: not a PEM certificate and its key: ${message}`]
  }
}

function answer(faults: readonly string[], files: HttpFiles): Parsed<HttpFiles> {
  return faults.length === 0 ? parsed(files) : refused(faults.join('\n'))
}
