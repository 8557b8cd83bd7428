import { decodeTick, equityTick, tickFromMessage } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

const bytes = (text: string) => new TextEncoder().encode(text)
const ONE = 100_000_000n

/** The tick of a text that must be one. */
function tickOf(text: string) {
  const read = decodeTick(bytes(text))
  if (!read.ok) throw new Error(read.reason)
  return read.value
}

describe('a tick', () => {
  it('may be bare', () => {
    expect(tickOf('{"equity": 10250.5}')).toEqual({
      equity: 1_025_050_000_000n,
      balance: null,
      unrealizedPnl: null,
      netDeposits: null,
      currency: null,
      at: null,
      seq: null,
      run: null,
      closed: [],
      faults: null,
    })
  })

  it('may be in full', () => {
    const full =
      '{"equity":"10250.50","balance":10000,"unrealizedPnl":-1.5,"net_deposits":"-0.25","currency":"USDC.e",' +
      '"at":"2026-03-12T20:00:00Z","seq":7,"run":"8 o\'clock",' +
      '"closed":[{"id":"a","at":"2026-03-12T19:00:00Z","pnl":-1},{"id":"b","at":null,"pnl":"2"},{"id":"c","pnl":0.30000000000000004}]}'
    expect(tickOf(full)).toEqual({
      equity: 1_025_050_000_000n,
      balance: 1_000_000_000_000n,
      unrealizedPnl: -150_000_000n,
      netDeposits: -25_000_000n,
      currency: 'USDC.e',
      at: Date.UTC(2026, 2, 12, 20),
      seq: 7,
      run: "8 o'clock",
      closed: [
        { id: 'a', at: Date.UTC(2026, 2, 12, 19), pnl: -ONE },
        { id: 'b', at: null, pnl: 2n * ONE },
        { id: 'c', at: null, pnl: 30_000_000n },
      ],
      faults: null,
    })
  })

  it.each(['balance', 'unrealizedPnl', 'net_deposits', 'currency', 'at', 'seq', 'run', 'closed'])(
    'with a %s of null is as if it had none',
    (field) => {
      expect(tickOf(`{"equity":1,"${field}":null}`)).toEqual(equityTick(ONE))
    },
  )

  it.each([
    '{"equity":1,"venue":"x"}',
    '{"venue":{"deep":[1,2.00000000000000001]},"equity":1}',
    '{"equity":1,"__proto__":{"balance":5}}',
    '\uFEFF{"equity":1}',
    ' {"equity":1}\n',
    '{"equity":2,"equity":1}',
    '{"equity":1e0}',
  ])('ignores what it does not name: %j', (text) => {
    expect(tickOf(text)).toEqual(equityTick(ONE))
  })

  it.each([
    ['', /^is empty; send JSON like/],
    ['  \n', /^is empty/],
    ['equity=5', /^is not JSON/],
    ['{"equity":5', /^is not JSON/],
    ['{"equity":NaN}', /^is not JSON: NaN is not a JSON number$/],
    ['{"equity":Infinity}', /^is not JSON: Infinity is not a JSON number$/],
    ['{"equity":-Infinity}', /Infinity is not a JSON number$/],
    ['{"equity":01}', /^is not JSON/],
    ['null', /^must be a JSON object, got null$/],
    ['5', /^must be a JSON object, got 5$/],
    ['"5"', /^must be a JSON object/],
    ['[]', /^must be a JSON object, got \[\]$/],
    ['[{"equity":5}]', /^must be a JSON object/],
    ['{}', /^equity is missing$/],
    ['{"Equity":5}', /^equity is missing$/],
    ['{"equity":null}', /^equity must be a number or a decimal string, got null$/],
    ['{"equity":true}', /^equity must be a number or a decimal string, got true$/],
    ['{"equity":{}}', /^equity must be/],
    ['{"equity":[1]}', /^equity must be/],
    ['{"equity":""}', /^equity must be a decimal like "10250.50", got ""$/],
    ['{"equity":"lots"}', /^equity must be a decimal like "10250.50", got "lots"$/],
    ['{"equity":1e15}', /^equity must be below 1e15/],
    ['{"equity":1e300}', /^equity must be below 1e15 in size$/],
    ['{"equity":1e400}', /^equity must be below 1e15 in size$/],
    ['{"equity":-1e400}', /^equity must be below 1e15 in size$/],
    ['{"equity":"x","balance":true,"seq":"y"}', /^equity must be a decimal/],
  ])('is refused as %j', (text, reason) => {
    expect(decodeTick(bytes(text))).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })

  it('is refused where it is not UTF-8', () => {
    expect(decodeTick(new Uint8Array([0xff, 0xfe, 0x7b]))).toEqual({ ok: false, reason: 'is not UTF-8 text' })
    expect(decodeTick(new Uint8Array([0x80]))).toEqual({ ok: false, reason: 'is not UTF-8 text' })
  })

  it('is refused with a short reason, however large it is', () => {
    const reasons = [
      `{"equity":"${'9'.repeat(2_000_000)}"}`,
      `{"equity":"${'😀'.repeat(500_000)}"}`,
      'x'.repeat(2_000_000),
    ]
    for (const text of reasons) {
      const read = decodeTick(bytes(text))
      if (read.ok) throw new Error('was taken')
      expect(read.reason.length).toBeLessThan(300)
      expect(read.reason.isWellFormed()).toBe(true)
    }
  })

  it('may come as a parsed JSON value', () => {
    expect(tickFromMessage({ equity: '1' })).toEqual({ ok: true, value: equityTick(ONE) })
    expect(tickFromMessage({ equity: 1, balance: Number.NaN })).toMatchObject({
      value: { balance: null, faults: { balance: 'must be a finite number, got NaN' } },
    })
    expect(tickFromMessage(undefined)).toEqual({ ok: false, reason: 'must be a JSON object, got nothing' })
  })
})

describe('a field of a tick that cannot be read', () => {
  const LONG = 'x'.repeat(65)
  const trades = (count: number) =>
    JSON.stringify(Array.from({ length: count }, (_, index) => ({ id: `${index}`, pnl: 1 })))

  it.each([
    ['balance', '"x"', /^must be a decimal like "10250.50", got "x"$/],
    ['balance', 'true', /^must be a number or a decimal string, got true$/],
    ['balance', '1e15', /^must be below 1e15 in size$/],
    ['unrealizedPnl', '"1."', /^must be a decimal/],
    ['net_deposits', '[]', /^must be a number or a decimal string, got \[\]$/],
    ['currency', '""', /^must be a currency like "USD", 1 to 16 ASCII characters without spaces, got ""$/],
    ['currency', '" USD"', /^must be a currency/],
    ['currency', '"US D"', /^must be a currency/],
    ['currency', '"USD\\n"', /^must be a currency/],
    ['currency', '"€"', /^must be a currency/],
    ['currency', '"12345678901234567"', /^must be a currency/],
    ['currency', '5', /^must be a currency.*got 5$/],
    ['at', '"2026-03-12"', /^must be a time with a zone/],
    ['at', '1773345600', /^must be a time like/],
    ['seq', '1764492331000000000', /^must be at most 9007199254740991, got 1764492331000000000: count in milliseconds/],
    ['seq', '-1', /^must be a whole number from 0 up, got -1$/],
    ['seq', '1.5', /^must be a whole number/],
    ['seq', '9007199254740992', /^must be at most 9007199254740991/],
    ['seq', '"7"', /^must be a whole number from 0 up, got "7"$/],
    ['run', '7', /^must be text of at most 64 characters, none of them a control character, got 7$/],
    ['run', `"${LONG}"`, /^must be text of at most 64 characters/],
    ['run', '"a\\u0000b"', /^must be text/],
    ['run', '"half \\ud83d"', /^must be text/],
    ['closed', '{}', /^must be a list of trades \{id, at, pnl\}, got \{\}$/],
    ['closed', '[1]', /^is wrong at trade 1: must be an object \{id, at, pnl\}, got 1$/],
    ['closed', '[{"id":"a","pnl":1},[]]', /^is wrong at trade 2: must be an object/],
    ['closed', '[{"pnl":1}]', /^is wrong at trade 1: id must be text of 1 to 64 characters.*got nothing$/],
    ['closed', '[{"id":"","pnl":1}]', /^is wrong at trade 1: id must be/],
    ['closed', `[{"id":"${LONG}","pnl":1}]`, /^is wrong at trade 1: id must be/],
    ['closed', '[{"id":"a\\u0007","pnl":1}]', /^is wrong at trade 1: id must be/],
    ['closed', '[{"id":7,"pnl":1}]', /^is wrong at trade 1: id must be.*got 7$/],
    ['closed', '[{"id":"a"}]', /^is wrong at trade 1: pnl must be a number or a decimal string, got nothing$/],
    ['closed', '[{"id":"a","pnl":"lots"}]', /^is wrong at trade 1: pnl must be a decimal/],
    ['closed', '[{"id":"a","pnl":1,"at":"noon"}]', /^is wrong at trade 1: at must be a time/],
    ['closed', trades(101), /^has 101 trades: a tick may have 100, send the others in the next one$/],
  ])('is as if it were absent, and the tick says what is wrong with it: %s is %s', (field, written, reason) => {
    const tick = tickOf(`{"equity":1,"${field}":${written}}`)
    expect(tick).toEqual(equityTick(ONE, { faults: { [field]: expect.stringMatching(reason) } }))
  })

  it.each([
    ['run', '""'],
    ['run', `"${'x'.repeat(64)}"`],
    ['run', `"${'😀'.repeat(64)}"`],
    ['currency', '"!@1234567890abcd"'],
    ['closed', '[]'],
    ['closed', trades(100)],
    ['closed', `[{"id":"${'😀'.repeat(64)}","pnl":1,"note":"x"}]`],
  ])('is none within the bounds: %s is %s', (field, written) => {
    expect(tickOf(`{"equity":1,"${field}":${written}}`).faults).toBeNull()
  })

  it('leaves the others as they are', () => {
    const tick = tickOf('{"equity":1,"balance":"x","unrealizedPnl":2,"at":"x","seq":3}')
    expect(tick).toMatchObject({ equity: ONE, balance: null, unrealizedPnl: 2n * ONE, at: null, seq: 3 })
    expect(Object.keys(tick.faults ?? {})).toEqual(['balance', 'at'])
  })
})
