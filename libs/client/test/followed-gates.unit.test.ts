import { beforeEach, expect, test, vi } from 'vitest'
import { Gate } from '../src/gate.ts'
import { FollowedGate } from '../src/inbound/followed-gate.ts'
import { FollowedGates } from '../src/inbound/followed-gates.ts'

let gates: FollowedGates

beforeEach(() => {
  gates = new FollowedGates()
})

function gateOf(trader: string) {
  const gate = new Gate(trader, 10_000)
  return {
    followed: new FollowedGate(gate),
    settledUpTo: vi.spyOn(gate, 'settledUpTo'),
    inputsOffset: vi.spyOn(gate, 'inputsOffset'),
  }
}

test('a gate that is added is told what the last guardian that was heard said of inputs', () => {
  const [early, late] = [gateOf('bot1'), gateOf('bot2')]
  gates.add(early.followed)
  expect(early.settledUpTo).not.toHaveBeenCalled()

  gates.tellInputs({ settled: 7, inputsOffset: 3 })
  gates.add(late.followed)

  for (const { settledUpTo, inputsOffset } of [early, late]) {
    expect(settledUpTo.mock.calls).toEqual([[7]])
    expect(inputsOffset.mock.calls).toEqual([[3]])
  }
})

test('what a guardian said of inputs is forgotten with the log', () => {
  gates.tellInputs({ settled: 7 })

  gates.forget()
  const { followed, settledUpTo } = gateOf('bot1')
  gates.add(followed)

  expect(settledUpTo).not.toHaveBeenCalled()
})

test('a gate that is removed is closed, and another one of its trader takes its place', () => {
  const [one, other] = [gateOf('bot1').followed, gateOf('bot1').followed]
  gates.add(one)

  gates.remove('bot1')
  gates.add(other)

  expect(one.gate.canTrade().reason).toBe('this trader is not followed any more')
  expect(gates.has(one)).toBe(false)
  expect(gates.has(other)).toBe(true)
  expect([...gates]).toEqual([other])
})
