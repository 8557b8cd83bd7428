import { expect, test } from 'vitest'
import type { FleetMember } from '../../src/core/fleet.ts'
import { type Standing, standingOf } from '../src/store/standing.ts'
import { member, room } from './members.ts'

test.each<readonly [Standing, Partial<FleetMember>]>([
  ['trading', {}],
  ['warned', { limits: [room('max_drawdown', '10', { warned: true })] }],
  ['blocked', { status: 'paused', code: 'limit', action: 'block-entries' }],
  ['blocked', { status: 'paused', code: 'operator' }],
  ['blocked', { status: 'blocked', code: 'uncomputable' }],
  ['flatten', { status: 'paused', code: 'limit', action: 'flatten' }],
  ['silent', { status: 'blocked', code: 'silent', staleSince: '2026-03-12T14:00:00.000Z' }],
  ['unconfirmed', { status: 'blocked', code: 'unconfirmed' }],
  ['unconfirmed', { status: 'blocked', code: 'no-reading' }],
  ['closed', { status: 'blocked', code: 'closed' }],
  // An event of earlier rules, which have no code.
  ['blocked', { status: 'paused', code: null }],
])('a trader is %s: %j', (standing, more) => {
  expect(standingOf(member('a', more))).toBe(standing)
})
