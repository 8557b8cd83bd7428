import { type DocumentedName, documentedSchemas } from '@drawbridge/contracts'
import { asyncApi } from './asyncapi.ts'
import { examples } from './examples.ts'
import { plainSchema } from './plain-schema.ts'

export const SCHEMAS_FOLDER = 'schemas'

/** The documents made from the code: their text by their path in `docs`. */
export function contractDocuments(version: string): ReadonlyMap<string, string> {
  const names = Object.keys(documentedSchemas) as DocumentedName[]
  return new Map([
    ['asyncapi.json', text(asyncApi(version))],
    ...names.map((name) => [`${SCHEMAS_FOLDER}/${name}.json`, text(jsonSchema(name))] as const),
  ])
}

function jsonSchema(name: DocumentedName): object {
  const parts = new Map<string, object>()
  const schema = plainSchema(documentedSchemas[name], '#/definitions/', parts)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `${name}.json`,
    title: name,
    ...schema,
    ...(parts.size === 0 ? {} : { definitions: Object.fromEntries(parts) }),
    examples: examples[name].map(({ payload }) => payload),
  }
}

function text(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
