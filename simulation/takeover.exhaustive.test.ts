import { test } from 'vitest'
import { expectShortTakeovers } from './short-takeovers.ts'

test('ten seeds wait no longer for a takeover', () => expectShortTakeovers(10))
