import { seedOfTest } from '@drawbridge/testing/random'
import { test } from 'vitest'
import { expectAsTheOracle } from './against-oracle.ts'

const seed = seedOfTest('random histories')
/** In thousands, so that a part reports how far it is. */
const PARTS = Array.from({ length: Number(process.env.DRAWBRIDGE_TEST_HISTORIES ?? 6_000) / 1_000 }, (_, part) => part)

test.each(PARTS)('the engine decides as the oracle does, in thousand %i of random histories', (part) => {
  expectAsTheOracle(1_000, seed + part)
})
