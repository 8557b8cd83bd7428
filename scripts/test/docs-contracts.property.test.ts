import {
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  encodeConfigEvent,
  encodeRiskEvent,
} from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, decideConfiguration, INITIAL_STATE } from '@drawbridge/risk-engine'
import { configurationEntries, entryOf, type History, histories, type Position, step } from '@drawbridge/testing/engine'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultOf, readSchema } from './written-schema.ts'

const faults = {
  risk: faultOf(readSchema('RiskEvent'), true),
  flags: faultOf(readSchema('FlagsEvent'), true),
  limits: faultOf(readSchema('LimitsEvent'), true),
}

test('the JSON Schemas name all that the rules ever write, and nothing that they do not', () => {
  fc.assert(
    fc.property(histories(), (history) => {
      for (const { kind, bytes } of written(history)) {
        const payload: unknown = JSON.parse(new TextDecoder().decode(bytes))
        expect({ fault: faults[kind](payload), payload }).toMatchObject({ fault: null })
      }
    }),
    { numRuns: 300 },
  )
})

/** All events that a made-up history leads to, as they are written. */
function* written({
  config,
  steps,
}: History): Generator<{ readonly kind: keyof typeof faults; readonly bytes: Uint8Array }> {
  let position: Position = { state: INITIAL_STATE, configuration: BUILT_IN_CONFIGURATION }
  const { limits: _limits, ...settings } = config
  // Some limits of histories are ones that the rules refuse; those of commands are refused one by one.
  const begin = configurationEntries({ ...settings, limits: [] })
  for (const [index, made] of [...begin, ...steps].entries()) {
    const entry = 'at' in made ? entryOf(made, position.state.version) : made
    if (entry.kind === 'command' && !decodeControl(entry.command, entry.payload).ok) continue
    if (entry.kind === 'flags' || entry.kind === 'limits') {
      const change = entry.kind === 'flags' ? decodeFlags(entry.payload) : decodeGlobalLimits(entry.payload)
      if (!change.ok) throw new Error(change.reason)
      const event = decideConfiguration(position.configuration, change.value, index + 1, entry.time)
      yield { kind: event.kind, bytes: encodeConfigEvent(event) }
    }
    const after = step(position, entry, index + 1)
    if (after.decision.kind === 'event') yield { kind: 'risk', bytes: encodeRiskEvent(after.decision.event) }
    position = after
  }
}
