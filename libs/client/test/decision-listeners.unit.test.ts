import type { RiskEvent } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/nats'
import { expect, test } from 'vitest'
import { DecisionListeners } from '../src/connect-trader.ts'
import { Decisions } from './decisions.ts'

const errors: object[] = []
const log: Logger = { info: () => undefined, warn: () => undefined, error: (fields) => errors.push(fields) }
const decisions = new Decisions('bot1')

test('a listener that fails is named in the log, and the others hear', () => {
  const listeners = new DecisionListeners(log)
  const heard: RiskEvent[] = []
  const failure = new Error('no such order')
  listeners.add(() => {
    throw failure
  })
  listeners.add((event) => heard.push(event))
  const event = decisions.tick(1000)

  listeners.tell(event)

  expect(heard).toEqual([event])
  expect(errors).toEqual([{ err: failure, trader: 'bot1', type: 'assessed', version: 1 }])
})

test('a listener that has ended hears nothing more, and one that was added twice ends one at a time', () => {
  const listeners = new DecisionListeners(log)
  let heard = 0
  const listener = () => {
    heard += 1
  }
  const end = listeners.add(listener)
  listeners.add(listener)

  end()
  end()
  listeners.tell(decisions.tick(1000))

  expect(heard).toBe(1)
})

test('a listener may end itself while it hears', () => {
  const listeners = new DecisionListeners(log)
  const heard: string[] = []
  const end = listeners.add(() => {
    heard.push('once')
    end()
  })
  listeners.add(() => heard.push('always'))

  listeners.tell(decisions.tick(1000))
  listeners.tell(decisions.tick(1000))

  expect(heard).toEqual(['once', 'always', 'always'])
})
