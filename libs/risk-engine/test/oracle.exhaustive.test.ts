import { test } from 'vitest'
import { expectAsTheOracle } from './against-oracle.ts'

test('in ten thousand lives the engine decides as the oracle does', () => {
  expectAsTheOracle(10_000)
})
