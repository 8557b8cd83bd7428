export {
  type Config,
  type HttpAddress,
  loadConfig,
  type SumSource,
  type TraderConfig,
  type TraderSource,
} from './config.ts'
export { configOf, configOrExit, loadEnvFile, loadEnvFileOrExit, readConfig } from './config-file.ts'
export { connectorWarningsOf } from './connector-warnings.ts'
export { limitWarningsOf } from './limit-warnings.ts'
export { PRESETS } from './preset-files.ts'
export { overPreset, type Preset, type Presets, presetNamed } from './presets.ts'
export { readSecret } from './secret-file.ts'
export {
  ADAPTERS,
  type AdapterName,
  COMMON_FIELDS,
  type ConnectorConfig,
  connectorPrefix,
} from './sections/connector-settings.ts'
export { type DatabaseConfig, isDatabaseUrl, namesDatabase, withDatabaseTls } from './sections/database-settings.ts'
export { currencyOf, limitsOf } from './sections/group-check.ts'
export type { HttpSettings } from './sections/http-settings.ts'
export { CHANNEL_KINDS, type ChannelConfig, type ChannelKind } from './sections/notify/channel-settings.ts'
export type { NotifyConfig } from './sections/notify/notify-settings.ts'
export { notifyWarningsOf } from './sections/notify/notify-warnings.ts'
export { SECTIONS, VARIABLES } from './sections/sections.ts'
export { DEFAULT_METRICS, type MetricsSettings } from './sections/service-settings.ts'
export type { Setting } from './sections/setting.ts'
export type { TracingSettings } from './sections/tracing-settings.ts'
export { TraderSchema } from './sections/trader-settings.ts'
export {
  type ApiToken,
  findToken,
  hashToken,
  mayActAs,
  type Principal,
  parseTokens,
  ROLES,
  type Role,
} from './tokens.ts'
export { isInScope, scopeInWords, type TraderScope } from './trader-scope.ts'
export { whereWritten } from './written-settings.ts'
