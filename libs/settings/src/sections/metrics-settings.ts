import { flag, integer } from './kinds.ts'
import type { Values } from './setting.ts'

export const metricsSettings = {
  enabled: flag({
    file: 'metrics.enabled',
    variable: 'METRICS_ENABLED',
    about: 'Whether metrics are collected and shown at `/metrics`.',
    fallback: true,
  }),
  tradersMax: integer<number>({
    file: 'metrics.traders_max',
    variable: 'METRICS_TRADERS_MAX',
    about: 'How many traders have their own series in the metrics of a process.',
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
