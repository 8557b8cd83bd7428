import { type Answer, ask } from '../api/ask.ts'
import type { CommandKind } from './command-kinds.ts'

interface PreviewStanding {
  readonly allowed: boolean
  readonly code: string
  readonly reason: string | null
  readonly until: string | null
  readonly holders: readonly string[]
}

/** What the rules say that a command would do now. */
export interface Preview {
  readonly refused: string | null
  readonly words: string | null
  readonly before: PreviewStanding
  readonly after: PreviewStanding
  readonly pending: readonly { readonly at: string; readonly limits: Readonly<Record<string, unknown>> }[]
  readonly warnings: readonly string[]
}

/** Without a reason yet it is asked with one, which stands in no log. */
export function askPreview(
  kind: CommandKind,
  id: string,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<Answer<Preview>> {
  const reason = typeof body.reason === 'string' && body.reason !== '' ? body.reason : 'a preview'
  return ask<Preview>(`/api/traders/${encodeURIComponent(id)}/preview/${kind}`, {
    method: 'POST',
    body: { ...body, reason },
    signal,
  })
}
