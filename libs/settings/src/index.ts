export { type Config, type HttpAddress, loadConfig, type TraderConfig, type TraderSource } from './config.ts'
export { configOf, configOrExit, loadEnvFileOrExit, readConfig } from './config-file.ts'
export { withDatabaseTls } from './database-tls.ts'
export { type DatabaseConfig, isDatabaseUrl, namesDatabase } from './sections/database-url.ts'
export type { HttpSettings } from './sections/http-settings.ts'
export { DEFAULT_METRICS, type MetricsSettings } from './sections/metrics-settings.ts'
export { readSecret } from './sections/secret-files.ts'
export { SECTIONS } from './sections/sections.ts'
export type { Setting, Settings } from './sections/setting.ts'
export type { TracingSettings } from './sections/tracing-settings.ts'
export { TraderSchema } from './sections/trader-settings.ts'
export { VARIABLES } from './sections/variables.ts'
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
