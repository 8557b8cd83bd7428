import type { Instant } from './instant.ts'
import { parseJson } from './json.ts'
import { aLiteral, aNull, anInteger, anObject, anyOf, aString, oneWord, optional } from './json-schema.ts'
import { NOTICE_KINDS, type NoticeKind } from './notice.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import { isOf } from './schema-check.ts'
import type { TraderId } from './subjects.ts'

/** What somebody wants of the notifier. `by` is vouched for by who may publish it. */
export type NotifyCommand = { readonly by: string } & (
  | {
      readonly kind: 'acknowledge'
      /** Its subject token: that of faults is no trader. */
      readonly trader: string
      /** Null: every alert of it. */
      readonly alert: string | null
      /** Only what was told last by the event of this version. Absent: whatever was. */
      readonly version?: number
    }
  | {
      readonly kind: 'silence'
      readonly id: string
      readonly trader: TraderId | null
      /** Absent: whatever tags it has. */
      readonly tag?: string
      readonly notices: NoticeKind | null
      readonly until: Instant
      readonly reason: string
    }
  | { readonly kind: 'end-silence'; readonly id: string }
  | { readonly kind: 'test'; readonly channel: string; readonly id: number }
)

const text = (maxLength: number) => aString({ pattern: `^[^\\u0000]{1,${maxLength}}$` })
const by = text(200)
const instant = anInteger({ minimum: 0 })
const schema = anyOf([
  anObject({
    kind: aLiteral('acknowledge'),
    by,
    trader: text(64),
    alert: anyOf([aNull(), text(200)]),
    version: optional(instant),
  }),
  anObject({
    kind: aLiteral('silence'),
    by,
    id: text(64),
    trader: anyOf([aNull(), text(64)]),
    tag: optional(text(64)),
    notices: anyOf([aNull(), oneWord(NOTICE_KINDS)]),
    until: instant,
    reason: text(500),
  }),
  anObject({ kind: aLiteral('end-silence'), by, id: text(64) }),
  anObject({ kind: aLiteral('test'), by, channel: text(64), id: instant }),
])

export function decodeNotifyCommand(bytes: Uint8Array): Parsed<NotifyCommand> {
  const json = parseJson(bytes)
  if (!json.ok) return json
  return isOf(schema, json.value.value)
    ? parsed(json.value.value as NotifyCommand)
    : refused('is no command to the notifier')
}
