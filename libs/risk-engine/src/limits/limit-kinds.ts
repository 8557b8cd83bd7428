import type { Reference } from '@drawbridge/contracts/pure'
import { initial } from './initial.ts'
import type { LimitKind } from './limit-kind.ts'
import { peak } from './peak.ts'
import { start } from './start.ts'

/** Every kind of limit. */
export const LIMIT_KINDS = [start, peak, initial] as readonly LimitKind[]

const BY_KIND: { readonly [kind: string]: LimitKind } = Object.fromEntries(LIMIT_KINDS.map((kind) => [kind.kind, kind]))

export function kindOf({ kind }: Reference): LimitKind {
  const known = BY_KIND[kind]
  if (known === undefined) throw new Error(`no limit is measured from "${kind}"`)
  return known
}
