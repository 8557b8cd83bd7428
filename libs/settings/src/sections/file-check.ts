import { type Check, compileCheck } from '@drawbridge/contracts'
import Type, { type TSchema } from 'typebox'
import { parseFileText } from './file-text.ts'
import { type Faults, isObject } from './read-settings.ts'
import { ALL_SETTINGS } from './sections.ts'

const strict = { additionalProperties: false } as const

/** What a config.json may hold, by section; '' is the top level. */
function fieldsBySection(): ReadonlyMap<string, Record<string, TSchema>> {
  const sections = new Map<string, Record<string, TSchema>>([['', {}]])
  for (const { file, original, schema } of ALL_SETTINGS) {
    for (const place of [file, original ?? null]) {
      if (place === null) continue
      const [section, name] = place.includes('.') ? (place.split('.') as [string, string]) : ['', place]
      const fields = sections.get(section) ?? {}
      fields[name] = Type.Optional(schema)
      sections.set(section, fields)
    }
  }
  return sections
}

const fields = fieldsBySection()
const top: Record<string, TSchema> = {
  ...fields.get(''),
  traders: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'an object of traders by id' })),
  connectors: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'an object of connectors by name' }),
  ),
}
const checks = new Map<string, Check<object>>()
for (const [section, sectionFields] of fields) {
  if (section === '') continue
  const description =
    section === 'limits' ? 'an object of limits' : `an object {${Object.keys(sectionFields).join(', ')}}`
  top[section] = Type.Optional(Type.Object({}, { description }))
  checks.set(section, compileCheck(Type.Object(sectionFields, strict)))
}
const checkTop = compileCheck<object>(Type.Object(top, strict))

/**
 * The content of a config.json; null: none. Every fault of its fields is reported; invalid fields stay in the result, so
 * that other faults are found too.
 */
export function readFile(text: string | null, faults: Faults): Readonly<Record<string, unknown>> {
  if (text === null) return {}
  const content = faults.take<unknown>('config.json', parseFileText(text), {})
  faults.take('config.json', checkTop(content), {})
  if (!isObject(content)) return {}
  for (const [section, check] of checks) {
    if (isObject(content[section])) faults.take(`config.json, ${section}`, check(content[section]), {})
  }
  return content
}
