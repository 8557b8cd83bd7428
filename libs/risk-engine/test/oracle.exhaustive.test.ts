import { seedOfTest } from '@drawbridge/testing/random'
import { test } from 'vitest'
import { expectAsTheOracle } from './against-oracle.ts'

const seed = seedOfTest('20,000 random histories')
const PARTS = Array.from({ length: 20 }, (_, part) => part)

test.each(PARTS)('the engine decides as the oracle does, in part %i of 20,000 histories', (part) => {
  expectAsTheOracle(1_000, seed + part)
})
