import { BlockReader, InputReader, type RecordedInput, RecordingWriter } from '@drawbridge/risk-engine/what-if'
import fc from 'fast-check'
import { expect, it } from 'vitest'

const amount = fc.oneof(
  fc.integer({ min: -1_000_000, max: 100_000_000 }).map((cents) => BigInt(cents) * 1_000_000n),
  fc.bigInt({ min: -(10n ** 23n), max: 10n ** 23n }),
)
const time = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) })
const none = { unrealizedPnl: null, currency: null, seq: null, run: null, faults: null }
const trade = fc.record({ id: fc.string({ minLength: 1 }), at: fc.option(time), pnl: amount })

const reading: fc.Arbitrary<RecordedInput> = fc
  .record({
    kind: fc.constant('reading' as const),
    time,
    equity: amount,
    balance: fc.option(amount),
    netDeposits: fc.option(amount, { freq: 10 }),
    at: fc.option(time),
    closed: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.array(trade, { maxLength: 3 })),
  })
  .map((one) => ({ ...one, ...none }))

const rejected: fc.Arbitrary<RecordedInput> = fc.record({
  kind: fc.constant('rejected' as const),
  time,
  reason: fc.string(),
  cause: fc.constantFrom('invalid' as const, 'late' as const),
  closed: fc.array(trade, { maxLength: 2 }),
})

/** All inputs of bytes that arrive in pieces of this length. */
function readAll(bytes: Uint8Array, piece: number): { readonly inputs: RecordedInput[]; readonly kinds: string[] } {
  const blocks = new BlockReader()
  const inputs: RecordedInput[] = []
  const kinds: string[] = []
  for (let at = 0; at < bytes.length; at += piece) {
    for (const block of blocks.push(bytes.slice(at, at + piece))) {
      kinds.push(block.kind)
      if (block.kind !== 'inputs') continue
      const reader = new InputReader(block.body)
      for (let input = reader.next(); input !== null; input = reader.next()) inputs.push(input)
    }
  }
  return { inputs, kinds }
}

it('a recording gives back every input as it was, in whatever pieces its bytes arrive', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.oneof({ weight: 5, arbitrary: reading }, rejected)), { maxLength: 4 }),
      fc.integer({ min: 1, max: 500 }),
      (blocks, piece) => {
        const writer = new RecordingWriter()
        const head = writer.head({ format: 1, trader: 'bot1', from: 0, to: 1, events: 2, cut: 'none' })
        const bytes = Buffer.concat([head, ...blocks.map((inputs) => writer.inputs(inputs)), writer.end()])
        const read = readAll(bytes, piece)
        expect(read.inputs).toEqual(blocks.flat())
        expect(read.kinds).toEqual(['head', ...blocks.map(() => 'inputs'), 'end'])
      },
    ),
  )
})

it('bytes that are no recording are refused', () => {
  expect(() => new BlockReader().push(new TextEncoder().encode('{"title": "not found"}'))).toThrow('no recording')
})
