import { test } from 'vitest'
import { holdUpActive, killActive } from './standby/active-lost.ts'
import { startOnBacklog } from './standby/backlog.ts'

test('four kills of the active guardian lose and repeat nothing', () => killActive(4, 2_000))

test('no event is taken of an active guardian that was held up for 30 s', () => holdUpActive(30_000))

test('of 30,000 inputs that wait, two guardians refuse each other less than 5 %', () => startOnBacklog(30_000))
