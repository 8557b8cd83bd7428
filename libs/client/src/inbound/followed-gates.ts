import type { Heartbeat, TraderId } from '@drawbridge/contracts'
import type { Gate } from '../gate.ts'
import type { FollowedGate } from './followed-gate.ts'

/** What a guardian says of inputs in each heartbeat. */
type InputsPlace = Pick<Heartbeat, 'settled' | 'inputsOffset'>

/** The gates that are followed, and what all of them are told. */
export class FollowedGates implements Iterable<FollowedGate> {
  readonly #gates = new Map<TraderId, FollowedGate>()
  /** What the last guardian that was heard said of inputs; null: none was heard. */
  #inputs: InputsPlace | null = null

  get traders(): Iterable<TraderId> {
    return this.#gates.keys()
  }

  [Symbol.iterator](): Iterator<FollowedGate> {
    return this.#gates.values()
  }

  /** Any of them, always the same one while it is followed; undefined: there is none. */
  get first(): FollowedGate | undefined {
    const [first] = this.#gates.values()
    return first
  }

  find(trader: TraderId): FollowedGate | undefined {
    return this.#gates.get(trader)
  }

  /** Whether it is still followed: another one may have taken its place. */
  has(followed: FollowedGate): boolean {
    return this.#gates.get(followed.trader) === followed
  }

  add(followed: FollowedGate): void {
    this.#gates.set(followed.trader, followed)
    if (this.#inputs !== null) tellInputs(followed.gate, this.#inputs)
  }

  /** Closes the gate for good. */
  remove(trader: TraderId): void {
    const followed = this.#gates.get(trader)
    this.#gates.delete(trader)
    followed?.gate.lost('this trader is not followed any more')
    followed?.gate.close()
  }

  /** A guardian was heard. */
  tellInputs(inputs: InputsPlace): void {
    this.#inputs = inputs
    for (const { gate } of this) tellInputs(gate, inputs)
  }

  /** From now on it is another log. */
  forget(): void {
    this.#inputs = null
    for (const followed of this) followed.forget()
  }

  /** Closes the gates until their newest events are read again. */
  lost(reason: string): void {
    for (const { gate } of this) gate.lost(reason)
  }

  /** Closes the gates for good. */
  close(reason: string): void {
    this.lost(reason)
    for (const { gate } of this) gate.close()
  }
}

function tellInputs(gate: Gate, { settled, inputsOffset = 0 }: InputsPlace): void {
  gate.settledUpTo(settled)
  gate.inputsOffset(inputsOffset)
}
