import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Place, pathFrom } from './place.ts'
import { parseFileText } from './sections/file-text.ts'
import { isObject, variable } from './sections/read-settings.ts'
import { ALL_SETTINGS } from './sections/sections.ts'

/**
 * Where a setting is written: "CONSOLE_PORT", or "console.port in config.json"; null: nowhere, so that its default holds.
 * A null in the file counts as not written.
 * @param name its variable
 */
export function whereWritten({ env, cwd }: Place, name: string): string | null {
  if (variable(env, name) !== undefined) return name
  if (variable(env, `${name}_FILE`) !== undefined) return `${name}_FILE`
  const place = ALL_SETTINGS.find((setting) => setting.variable === name)?.file ?? null
  if (place === null) return null
  const file = env.CONFIG_FILE || 'config.json'
  let value: unknown = contentOf(pathFrom(cwd, file))
  for (const part of place.split('.')) value = isObject(value) && Object.hasOwn(value, part) ? value[part] : null
  return value === null ? null : `${place} in ${inside(file)}`
}

/** Faults of the file are reported where the settings are read. */
function contentOf(file: string): unknown {
  try {
    const content = parseFileText(readFileSync(file, 'utf8'))
    return content.ok ? content.value : null
  } catch {
    return null
  }
}

/** A path below the working directory is shown as people write it. */
function inside(file: string): string {
  const relative = path.relative('.', file)
  return relative.startsWith('..') ? file : relative
}
