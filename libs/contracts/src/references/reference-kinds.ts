import { initial } from './initial.ts'
import { peak } from './peak.ts'
import type { ReferenceKind } from './reference-kind.ts'
import { start } from './start.ts'

/** Every kind of what a limit is measured from. */
export const REFERENCE_KINDS = [start, peak, initial] as const

type ReferenceOf<Kind> = Kind extends ReferenceKind<infer R> ? R : never

/** What a limit is measured from. */
export type Reference = ReferenceOf<(typeof REFERENCE_KINDS)[number]>
