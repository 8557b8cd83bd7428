import { checkAmountDigits, compileCheck, parseJson } from '@drawbridge/contracts'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { HttpFault } from './errors.ts'

/**
 * Bodies are read whatever their content type. A route without a body schema gets the bytes, for the decoders of
 * contracts; one with a schema gets the validated JSON. A missing body is read as `{}`.
 */
export function acceptBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.addHook('preValidation', async (request) => {
    if (request.routeOptions.schema?.body === undefined) return
    const bytes = request.body
    if (!(bytes instanceof Uint8Array) || bytes.length === 0) request.body = {}
    else {
      const json = parseJson(bytes)
      if (!json.ok) throw new HttpFault(400, 'invalid-body', `the body ${json.reason}`)
      // A handler sees only the result of JSON.parse.
      const exact = checkAmountDigits(json.value.text)
      if (!exact.ok) throw new HttpFault(400, 'invalid-body', exact.reason)
      request.body = json.value.value
    }
  })
  server.setValidatorCompiler(compileSchema)
  // Our own code makes the answers: a schema describes them and does not rewrite them.
  server.setSerializerCompiler(() => (data) => JSON.stringify(data))
}

const PARTS: Readonly<Record<string, { readonly code: string; readonly prefix: string }>> = {
  body: { code: 'invalid-body', prefix: '' },
  querystring: { code: 'invalid-query', prefix: 'the query: ' },
  params: { code: 'invalid-path', prefix: 'the path: ' },
  headers: { code: 'invalid-header', prefix: 'the headers: ' },
}

/** Refusals are worded as everywhere else that outside input is parsed. */
const compileSchema: FastifySchemaCompiler<TSchema> = ({ schema, httpPart, method, url }) => {
  if (!Type.IsObject(schema)) throw new Error(`the schema of ${httpPart} of ${method} ${url} must be a Type.Object`)
  const check = compileCheck<unknown>(schema)
  const isText = httpPart !== 'body'
  const { code, prefix } = PARTS[httpPart ?? 'body'] ?? { code: 'invalid-request', prefix: '' }
  return (value) => {
    // Strings of a path or a query become numbers where the schema asks for a number.
    const checked = check(isText ? Value.Convert(schema, value) : value)
    if (checked.ok) return { value: checked.value }
    return { error: new HttpFault(400, code, `${prefix}${checked.reason}`) }
  }
}
