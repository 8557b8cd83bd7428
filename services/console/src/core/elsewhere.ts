/** A bot that has the wrong port is told the right one. */
export function elsewhere(path: string): string | null {
  const isForBots = /^\/api\/traders\/[^/]+\/(equity|can-trade)$/.test(path)
  return isForBots ? 'bots report to and ask the trader service, on TRADER_PORT (8081 if not set)' : null
}
