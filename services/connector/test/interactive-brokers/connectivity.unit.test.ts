import { expect, test } from 'vitest'
import { Connectivity } from '../../src/adapters/interactive-brokers/connectivity.ts'

test('values are doubted until every farm that broke is connected again', () => {
  const state = new Connectivity()
  expect(state.doubt).toBeNull()
  state.hear(2103, 'Market data farm connection is broken:usfarm')
  state.hear(2103, 'Market data farm connection is broken:eufarm.nj')
  state.hear(2104, 'Market data farm connection is OK:usfarm')
  expect(state.doubt).toContain('no market data of eufarm.nj')
  state.hear(2108, 'Market data farm connection is inactive but should be available upon demand.eufarm.nj')
  expect(state.doubt).toBeNull()
})

test('messages of other things change nothing', () => {
  const state = new Connectivity()
  state.hear(1100, 'lost')
  state.hear(2106, 'HMDS data farm connection is OK:ushmds')
  state.hear(2158, 'Sec-def data farm connection is OK:secdefil')
  expect(state.doubt).toContain('lost its connection to IB')
  state.hear(1102, 'restored')
  expect(state.doubt).toBeNull()
})
