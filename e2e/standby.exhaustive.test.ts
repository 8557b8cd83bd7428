import { test } from 'vitest'
import { holdUpActive, killActive, startOnBacklog } from './standby/two-guardians.ts'

test('four kills of the active guardian lose and repeat nothing', () => killActive(4, 2_000))

test('no event is taken of an active guardian that was frozen for 30 s', () => holdUpActive(30_000))

test('on a backlog of 30,000 inputs, two guardians refuse each other less than 5 %', () => startOnBacklog(30_000))
