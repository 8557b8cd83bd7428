import { readFileSync } from 'node:fs'
import { type Parsed, parsed, refused } from '@drawbridge/contracts'
import { secretFiles } from './config/secret-files.ts'
import { type Config, loadConfig } from './config.ts'
import { loadEnvFile } from './env-file.ts'

/**
 * The settings of this process: the environment, over `.env` in the working directory, over the file that `CONFIG_FILE`
 * names, else over `config.json` in the working directory where there is one. A refusal lists every fault, one a line.
 */
export function readConfig(): Parsed<Config> {
  const env = loadEnvFile()
  const file = env.ok ? readText() : env
  const config = loadConfig(process.env, file.ok ? file.value : null, secretFiles(process.env))
  if (file.ok) return config
  return refused(config.ok ? file.reason : `${file.reason}\n${config.reason}`)
}

/** As {@link readConfig}; where the settings are at fault, says so on standard error and exits with 2. */
export function configOrExit(): Config {
  return valueOrExit(readConfig())
}

/** As {@link loadEnvFile}, for who needs the variables before the settings. */
export function loadEnvFileOrExit(): void {
  valueOrExit(loadEnvFile())
}

function valueOrExit<T>(read: Parsed<T>): T {
  if (read.ok) return read.value
  console.error(`the settings are not valid:\n  ${read.reason.replaceAll('\n', '\n  ')}`)
  process.exit(2)
}

function readText(): Parsed<string | null> {
  const { CONFIG_FILE } = process.env
  try {
    return parsed(readFileSync(CONFIG_FILE || 'config.json', 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !CONFIG_FILE) return parsed(null)
    return refused(`${CONFIG_FILE ? 'CONFIG_FILE' : 'config.json'}: cannot be read: ${(error as Error).message}`)
  }
}
