import { parsed } from '../parsed.ts'
import type { ReferenceKind } from './reference-kind.ts'

/** What the account began with. */
export const initial: ReferenceKind<{ readonly kind: 'initial' }> = {
  kind: 'initial',
  about: '`initial` balance',
  parts: {},
  read: () => parsed({ kind: 'initial' }),
}
