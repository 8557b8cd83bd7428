import { parseLimits } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

const limit = { window: 'day', reference: { kind: 'start', of: 'equity' }, limit: { amount: 50 } }
const named = (name: string) => parseLimits({ limits: { [name]: limit } })

describe('the name of a limit', () => {
  it.each(['a', 'day_loss', 'l2', 'a'.repeat(40)])('may be %s', (name) => {
    expect(named(name)).toMatchObject({ ok: true })
  })

  it.each(['', 'Day', '2l', '_a', 'day-loss', 'day loss', 'tägl', 'a'.repeat(41), '__proto__'])(
    'may not be "%s"',
    (name) => {
      const read = parseLimits(JSON.parse(JSON.stringify({ limits: {} }).replace('{}', `{${JSON.stringify(name)}:{}}`)))
      expect(read).toMatchObject({ ok: false, reason: expect.stringContaining('a lower-case letter, then up to 39') })
    },
  )
})
