import { test } from 'vitest'
import { expectShortTakeovers } from './simulate-process.ts'

test('ten seeds wait no longer for a takeover', () => expectShortTakeovers(10))
