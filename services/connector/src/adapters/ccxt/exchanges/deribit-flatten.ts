import type { Failure } from '../../../core/failure.ts'
import type { FlattenAnswer } from '../../../port.ts'
import { valueAt } from '../../generic/pointer.ts'
import type { FlattenParts } from './exchange-line.ts'
import { flattenParts, openIn, sizeOf, step, unusable } from './flattening.ts'
import { listAt } from './place.ts'

const OF_ANOTHER: Failure = {
  kind: 'refused',
  reason: 'Deribit closes positions of the account of the key alone: use a key of the sub-account, without sub_account',
}

/** Closes every position of the account of the key at market, in all currencies, and then cancels every order that waits. */
export async function flattenDeribit({ ask, question }: FlattenParts): Promise<FlattenAnswer> {
  if (question.sub_account !== undefined) return OF_ANOTHER
  return flattenParts([
    async () => {
      const listed = listAt(await ask('privateGetGetPositions', { currency: 'any' }), '/result')
      if (listed === null) return unusable('its positions are no list')
      return openIn(listed, (position) => {
        const [name, size] = [valueAt(position, '/instrument_name'), sizeOf(valueAt(position, '/size'))]
        if (size?.isEmpty === true) return null
        if (typeof name !== 'string' || size === null) return unusable('a position has no instrument or no size')
        return step(ask, 'privateGetClosePosition', { instrument_name: name, type: 'market' })
      })
    },
    async () => {
      const listed = listAt(await ask('privateGetGetOpenOrders', { type: 'all' }), '/result')
      if (listed === null) return unusable('its orders are no list')
      const steps = listed.length === 0 ? [] : [step(ask, 'privateGetCancelAll', {})]
      return { kind: 'open', count: listed.length, steps }
    },
  ])
}
