import { integer, port, text } from './kinds.ts'

/** Where a service serves HTTP. */
export interface HttpAddress {
  readonly host: string
  readonly port: number
}

export function address(section: string, prefix: string, service: string, defaultPort: number) {
  return {
    host: text({
      file: `${section}.host`,
      variable: `${prefix}_HOST`,
      about: `The address on which the ${service} serves HTTP.`,
      must: 'an address like "127.0.0.1"',
      fallback: '127.0.0.1',
    }),
    port: port({
      file: `${section}.port`,
      variable: `${prefix}_PORT`,
      about: `The port on which the ${service} serves HTTP; 0 takes a free one.`,
      fallback: defaultPort,
    }),
  } as const
}

export const consoleSettings = address('console', 'CONSOLE', 'console', 8080)
export const traderSettings = address('trader', 'TRADER', 'trader', 8081)
export const riskGuardianSettings = address('risk_guardian', 'RISK_GUARDIAN', 'risk guardian', 8082)

export const leaseSettings = {
  seconds: integer({
    file: 'lease_seconds',
    variable: 'LEASE_SECONDS',
    about: 'Gates close for entries after this time without a heartbeat; the same for trader and guardian.',
    unit: 'whole seconds',
    min: 2,
    max: 3600,
    fallback: 10,
  }),
} as const
