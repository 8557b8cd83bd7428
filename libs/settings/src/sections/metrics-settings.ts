import { flag, integer } from './kinds.ts'
import type { Values } from './setting.ts'

export const metricsSettings = {
  enabled: flag({
    file: 'metrics.enabled',
    variable: 'METRICS_ENABLED',
    about: 'Whether anything is measured and shown at `/metrics`.',
    fallback: true,
  }),
  tradersMax: integer<number>({
    file: 'metrics.traders_max',
    variable: 'METRICS_TRADERS_MAX',
    about: 'How many traders have series of their own in the metrics of a process.',
    min: 0,
    max: 100_000,
    fallback: 200,
  }),
} as const

export type MetricsSettings = Values<typeof metricsSettings>

export const DEFAULT_METRICS: MetricsSettings = {
  enabled: metricsSettings.enabled.fallback,
  tradersMax: metricsSettings.tradersMax.fallback,
}
