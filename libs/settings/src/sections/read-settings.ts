import type { Parsed } from '@drawbridge/contracts'
import type { Presets } from '../presets.ts'
import type { Setting, Settings, Values } from './setting.ts'

export type Environment = Readonly<Record<string, string | undefined>>
/** Contents of the files that `<variable>_FILE` names, by the name of the variable; a refusal if one is unreadable. */
export type Secrets = Readonly<Record<string, Parsed<string>>>

/** Everything that settings are read from. */
export interface Source {
  readonly env: Environment
  /** The content of config.json, checked elsewhere. */
  readonly file: Readonly<Record<string, unknown>>
  readonly secrets: Secrets
  readonly presets: Presets
  readonly faults: Faults
}

/** An empty variable counts as not set, as in a file of `NAME=` lines. */
export function variable(env: Environment, name: string | null): string | undefined {
  return name === null || env[name] === '' ? undefined : env[name]
}

/** The values of a group of settings. An invalid one gets its fallback, and its faults are added to the source's. */
export function readSettings<const S extends Settings>(settings: S, source: Source): Values<S> {
  const values = Object.entries(settings).map(([name, setting]) => {
    const value = given(setting, source)
    return [name, value === undefined ? setting.fallback : value]
  })
  return Object.fromEntries(values) as Values<S>
}

/** The value as written; undefined: not set. */
function given<T>(setting: Setting<T>, source: Source): T | undefined {
  const { env, faults } = source
  const inFile = fromFile(setting, source)
  const text = variable(env, setting.variable)
  const secret = setting.secret === true ? fromSecret(setting, text, source) : undefined
  if (secret !== undefined) return secret
  if (text === undefined || setting.variable === null) return inFile
  return faults.take<T | undefined>(setting.variable, setting.fromText(text), undefined)
}

function fromFile<T>(setting: Setting<T>, { file, faults }: Source): T | undefined {
  const [ours, originals] = [valueAt(file, setting.file), valueAt(file, setting.original ?? null)]
  if (ours !== undefined && originals !== undefined) {
    faults.add('config.json', `${setting.original} is set by ${setting.file} too; remove ${setting.original}`)
  }
  // A written null is a value.
  return (ours === undefined ? originals : ours) as T | undefined
}

function fromSecret<T>(setting: Setting<T>, text: string | undefined, { env, secrets, faults }: Source): T | undefined {
  const named = `${setting.variable}_FILE`
  if (variable(env, named) === undefined) return undefined
  if (text !== undefined) faults.add(named, `${setting.variable} is set too; remove one of them`)
  const held = secrets[setting.variable ?? '']
  const read = held === undefined ? undefined : faults.take<string | undefined>(named, held, undefined)
  return read === undefined ? undefined : faults.take<T | undefined>(named, setting.fromText(read), undefined)
}

function valueAt(file: Readonly<Record<string, unknown>>, place: string | null): unknown {
  if (place === null) return undefined
  return place
    .split('.')
    .reduce<unknown>((value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined), file)
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Collects the faults of the settings, so that all are reported at once. */
export class Faults {
  readonly #faults = new Set<string>()

  add(where: string, fault: string): void {
    this.#faults.add(`${where}: ${fault}`)
  }

  /** The value; if it was refused, `otherwise`, with a fault for each reason. */
  take<T>(where: string, read: Parsed<T>, otherwise: T): T {
    if (read.ok) return read.value
    for (const fault of read.reason.split('; ')) this.add(where, fault)
    return otherwise
  }

  get all(): readonly string[] {
    return [...this.#faults]
  }
}
