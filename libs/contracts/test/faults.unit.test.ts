import { decodeControl, decodeGlobalLimits, describe as describeValue, parsed, total } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

const bytes = (value: object) => new TextEncoder().encode(JSON.stringify(value))

describe('a message with many faults', () => {
  it('is told the first twenty, and that there are more', () => {
    const traders = Object.fromEntries(
      Array.from({ length: 2_500 }, (_, index) => [`bot${index}`, { max_drawdown: [] }]),
    )
    const read = decodeGlobalLimits(bytes({ traders }))
    expect(read.ok ? '' : read.reason).toMatch(/^traders\.bot0: max_drawdown must be .*traders\.bot19: .*; and more$/)
    expect(read.ok ? '' : read.reason).not.toContain('bot20')
  })

  it('is told fewer of them where they are long', () => {
    const fields = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`wrong${index}`, 1]))
    const read = decodeControl('limits', bytes(fields))
    const told = read.ok ? [] : read.reason.split('; ')
    expect(told.length).toBeGreaterThan(5)
    expect(told.at(-1)).toBe('and more')
    expect(told.join('; ').length).toBeLessThan(2_600)
  })
})

describe('a field that has the name of something of JavaScript', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('is unknown: %s', (name) => {
    const read = decodeControl('limits', new TextEncoder().encode(`{"${name}":{"max_drawdown":5}}`))
    expect(read).toMatchObject({ ok: false, reason: expect.stringContaining(`unknown field "${name}"`) })
  })

  it.each(['__proto__', 'constructor', 'toString'])('may be a trader: %s', (name) => {
    const read = decodeGlobalLimits(new TextEncoder().encode(`{"traders":{"${name}":{"max_drawdown":5}}}`))
    expect(read.ok && Object.entries(read.value.traders)).toEqual([[name, { maxDrawdownPct: 5_00000000n }]])
  })
})

it('a picture of a large value is of its beginning alone', () => {
  let looked = 0
  const value = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`field${index}`, index]))
  const watched = new Proxy(value, {
    get: (target, name) => {
      looked += 1
      return Reflect.get(target, name)
    },
  })
  expect(describeValue(watched)).toMatch(/^\{"field0":0,"field1":1,.*\.\.\.$/)
  expect(looked).toBeLessThan(200)
})

describe('a reader that is made total', () => {
  it('gives what it reads', () => {
    expect(total((text: string) => parsed(text.length))('four')).toEqual({ ok: true, value: 4 })
  })

  it('makes a refusal of what it throws, with the error', () => {
    const error = new RangeError('too much\nat once')
    const read = total((): never => {
      throw error
    })
    expect(read()).toEqual({ ok: false, reason: 'could not be read: RangeError: too much�at once', error })
  })
})
