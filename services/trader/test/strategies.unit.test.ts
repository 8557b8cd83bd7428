import { describe, expect, test } from 'vitest'
import { buyAll, equityOf, hold, type PaperAccount, SMA_DAYS, sellAll, sma } from '../src/core/strategies.ts'

const FLAT: PaperAccount = { cash: 1_000n, units: 0n }
const LONG: PaperAccount = { cash: 10n, units: 9n }

describe('a paper account', () => {
  test.each([
    { name: 'flat', account: FLAT, price: 7n, equity: 1_000n },
    { name: 'long', account: LONG, price: 7n, equity: 73n },
    { name: 'in debt', account: { cash: -50n, units: 9n }, price: 7n, equity: 13n },
  ])('that is $name is worth its cash and its units', ({ account, price, equity }) => {
    expect(equityOf(account, price)).toBe(equity)
  })

  test.each([
    { name: 'all of its cash', cash: 1_000n, price: 100n, after: { cash: 0n, units: 10n } },
    { name: 'whole units only', cash: 1_000n, price: 300n, after: { cash: 100n, units: 3n } },
    { name: 'nothing that it cannot pay', cash: 99n, price: 100n, after: { cash: 99n, units: 0n } },
  ])('buys for $name', ({ cash, price, after }) => {
    expect(buyAll({ cash, units: 0n }, price)).toEqual(after)
  })

  test('adds what it buys to what it has', () => {
    expect(buyAll(LONG, 5n)).toEqual({ cash: 0n, units: 11n })
  })

  test('sells all that it has', () => {
    expect(sellAll(LONG, 7n)).toEqual({ cash: 73n, units: 0n })
    expect(sellAll(FLAT, 7n)).toEqual(FLAT)
  })

  test('is worth the same before and after a trade', () => {
    expect(equityOf(buyAll(FLAT, 300n), 300n)).toBe(1_000n)
    expect(equityOf(sellAll(LONG, 7n), 7n)).toBe(equityOf(LONG, 7n))
  })
})

test.each([true, false])('hold does nothing, whether it may enter (%s)', (mayEnter) => {
  expect(hold(LONG, { closes: [1n, 2n], mayEnter })).toBe(LONG)
})

describe('sma', () => {
  /** As many closes of 10 as the average has, the last one another. */
  const endingWith = (close: bigint) => [...Array<bigint>(SMA_DAYS - 1).fill(10n), close]
  const bought = { cash: 0n, units: 50n }

  test.each([
    { name: 'enters above the average', account: FLAT, close: 20n, mayEnter: true, after: bought },
    {
      name: 'stays out above the average where it may not enter',
      account: FLAT,
      close: 20n,
      mayEnter: false,
      after: FLAT,
    },
    { name: 'stays out below the average', account: FLAT, close: 5n, mayEnter: true, after: FLAT },
    { name: 'stays out at the average', account: FLAT, close: 10n, mayEnter: true, after: FLAT },
    { name: 'stays long above the average', account: LONG, close: 20n, mayEnter: true, after: LONG },
    { name: 'flattens below the average', account: LONG, close: 5n, mayEnter: true, after: { cash: 55n, units: 0n } },
    { name: 'flattens at the average', account: LONG, close: 10n, mayEnter: true, after: { cash: 100n, units: 0n } },
    {
      name: 'flattens where it may not enter',
      account: LONG,
      close: 20n,
      mayEnter: false,
      after: { cash: 190n, units: 0n },
    },
  ])('$name', ({ account, close, mayEnter, after }) => {
    expect(sma(account, { closes: endingWith(close), mayEnter })).toEqual(after)
  })

  test('waits until there are enough closes for its average', () => {
    const closes = endingWith(20n).slice(1)

    expect(sma(FLAT, { closes, mayEnter: true })).toBe(FLAT)
  })

  test('looks at the last closes of its average alone', () => {
    const closes = [...Array<bigint>(1_000).fill(1_000n), ...endingWith(20n)]

    expect(sma(FLAT, { closes, mayEnter: true })).toEqual(bought)
  })
})
