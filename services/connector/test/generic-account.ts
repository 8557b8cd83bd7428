/** The settings of a generic account that is read, blocked and unblocked at an address. */
export function genericAccount(url: string) {
  return {
    adapter: 'generic',
    equity_url: `${url}/account`,
    equity_at: '/equity',
    currency: 'USD',
    every_seconds: 1,
    block_url: `${url}/block`,
    unblock_url: `${url}/unblock`,
  } as const
}
