import { type LimitsMessage, UNSAID_PARAMETERS } from '@drawbridge/contracts/pure'
import { longFormsOf, type Turned, turnedLimits } from './knobs.ts'

/** Limits to be tried, as the address has them. */
export interface Setting {
  /** The name of a preset; null: the limits in force are changed. */
  readonly preset: string | null
  readonly turned: Turned
}

/** Limits of a firm. */
export interface Preset {
  readonly name: string
  readonly title: string
  readonly limits: LimitsMessage
}

export const UNCHANGED: Setting = { preset: null, turned: {} }

/** What is tried is named `a`, beside it `b`: `a=max_daily_loss:4,max_drawdown:8` or `a=preset:ftmo-2-step`. */
export function settingOf(text: string | null): Setting | null {
  if (text === null) return null
  let preset: string | null = null
  const turned: Record<string, string> = {}
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split(':')
    if (name === 'preset') preset = value
    else if (/^[a-z][a-z0-9_]{0,39}$/.test(name) && /^\d{1,15}(\.\d{1,8})?$/.test(value)) turned[name] = value
  }
  return { preset, turned }
}

export function settingText({ preset, turned }: Setting): string {
  const parts = Object.entries(turned).map(([name, value]) => `${name}:${value}`)
  return [...(preset === null ? [] : [`preset:${preset}`]), ...parts].join(',')
}

/** The limits that a setting begins with: those in force, or those of its preset. */
export function baseOf({ preset }: Setting, inForce: LimitsMessage, presets: readonly Preset[]): LimitsMessage | null {
  return preset === null ? inForce : (presets.find(({ name }) => name === preset)?.limits ?? null)
}

/** What a setting changes of the limits that were in force; null: its preset is not known. */
export function changeOf(setting: Setting, inForce: LimitsMessage, presets: readonly Preset[]): LimitsMessage | null {
  const base = baseOf(setting, inForce, presets)
  if (base === null) return null
  const turned = turnedLimits(base, setting.turned)
  if (setting.preset === null) return turned
  return { ...base, ...turned, limits: presetForms(base, turned, inForce) }
}

/** What the address of Operate says, so that its form is filled in: each limit by its name, what is not one word as JSON. */
export function proposalOf(change: LimitsMessage): Readonly<Record<string, string>> {
  const texts = Object.entries(change).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return { do: 'limits', ...Object.fromEntries(texts) }
}

/**
 * A preset takes the place of all limits: those of other names are none. A limit of the same name would keep what is not
 * written, so that is written, too.
 */
function presetForms(base: LimitsMessage, turned: LimitsMessage, inForce: LimitsMessage): object {
  const before = longFormsOf(inForce)
  const forms: Record<string, unknown> = Object.fromEntries(Object.keys(before).map((name) => [name, null]))
  for (const [name, form] of Object.entries(longFormsOf(base))) {
    const known = (before[name] ?? null) === null ? {} : UNSAID_PARAMETERS
    forms[name] = { ...known, ...form, ...longFormsOf(turned)[name] }
  }
  return forms
}
