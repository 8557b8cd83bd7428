import { decodeControl, decodeFlags, decodeGlobalLimits, decodeRiskEvent, decodeTick } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'
import { isNestedTooDeep, JSON_DEPTH_MAX } from '../src/json.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('the depth of JSON', () => {
  it.each([
    ['lists', nested(JSON_DEPTH_MAX), nested(JSON_DEPTH_MAX + 1)],
    ['objects', `${'{"a":'.repeat(64)}1${'}'.repeat(64)}`, `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`],
    ['lists of objects', `${'[{"a":'.repeat(32)}1${'}]'.repeat(32)}`, `${'[{"a":'.repeat(33)}1${'}]'.repeat(33)}`],
  ])('is bounded, of %s', (_what, deepest, tooDeep) => {
    expect(isNestedTooDeep(bytes(deepest))).toBe(false)
    expect(isNestedTooDeep(bytes(tooDeep))).toBe(true)
  })

  it.each([
    ['brackets in a text', JSON.stringify('['.repeat(1_000))],
    ['brackets behind an escaped quote', JSON.stringify(`"${'{'.repeat(1_000)}`)],
    ['brackets behind an escaped backslash at the end of a text', `["\\\\", ${JSON.stringify('['.repeat(100))}]`],
    ['many lists beside each other', `[${'[],'.repeat(10_000)}[]]`],
    ['a text that begins with a bracket in another alphabet', JSON.stringify('［'.repeat(1_000))],
  ])('is not that of %s', (_what, text) => {
    expect(isNestedTooDeep(bytes(text))).toBe(false)
  })

  it.each([100, 5_000, 100_000, 500_000])('of %i levels is refused by every reader, in words', (depth) => {
    const deep = bytes(`{"equity":1,"x":${nested(depth)},"y":12345678901234567}`)
    const answers = [
      decodeControl('pause', deep),
      decodeGlobalLimits(deep),
      decodeFlags(deep),
      decodeRiskEvent(deep),
      ...(deep.length < 60_000 ? [decodeTick(deep)] : []),
    ]
    for (const answer of answers) {
      expect(answer).toEqual({ ok: false, reason: 'is nested deeper than 64 levels' })
    }
  })

  it('counts in what is never closed', () => {
    expect(decodeTick(bytes('['.repeat(5_000)))).toMatchObject({ ok: false, reason: 'is nested deeper than 64 levels' })
  })
})

it('refuses a tick of more than 65,536 bytes unread', () => {
  const padded = (length: number) => bytes('{"equity":1}'.padEnd(length))
  expect(decodeTick(padded(65_536))).toMatchObject({ ok: true })
  expect(decodeTick(padded(65_537))).toEqual({ ok: false, reason: 'has 65537 bytes; a tick may have 65536' })
})
