import type { Amount } from '@drawbridge/contracts'

/** An account that trades whole units at the current price, without costs. */
export interface PaperAccount {
  readonly cash: Amount
  readonly units: bigint
}

export function equityOf(account: PaperAccount, price: Amount): Amount {
  return account.cash + account.units * price
}

/** Buys as many whole units as the cash pays for. */
export function buyAll(account: PaperAccount, price: Amount): PaperAccount {
  const bought = account.cash / price
  return { cash: account.cash - bought * price, units: account.units + bought }
}

export function sellAll(account: PaperAccount, price: Amount): PaperAccount {
  return { cash: account.cash + account.units * price, units: 0n }
}
