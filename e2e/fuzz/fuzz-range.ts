import { Random } from '@drawbridge/testing/random'
import { checkInput } from './check-input.ts'
import { decoderTargets } from './decoder-targets.ts'
import { hostileBytes } from './hostile-bytes.ts'
import { judgeTarget } from './judge-target.ts'
import { type RangeResult, Tally } from './tally.ts'
import type { Target } from './target.ts'

const targets: readonly Target[] = [...decoderTargets, judgeTarget]

/** An input by its position: seed and position determine it. */
export function inputAt(seed: number, index: number): { readonly target: Target; readonly bytes: Uint8Array } {
  const random = Random.of(seed, String(index))
  const target = random.pick(targets)
  return { target, bytes: hostileBytes(random, target.samples, target.fields) }
}

/** Tries the inputs of a seed from a position on. */
export function fuzzRange(seed: number, from: number, count: number): RangeResult {
  const tally = new Tally()
  for (let index = from; index < from + count; index += 1) {
    const { target, bytes } = inputAt(seed, index)
    const began = performance.now()
    const checked = checkInput(target, bytes, index)
    tally.add({ index, name: target.name, bytes }, checked, performance.now() - began)
  }
  return tally.result
}
