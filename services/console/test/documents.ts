import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import type { Scene } from './scene.ts'

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

/** What `/docs` says of answers. */
export class Documents {
  readonly paths: Paths
  readonly #scene: Scene
  /** By the text of their schemas, because most routes share them, and to compile one takes long. */
  readonly #validators = new Map<string, ValidateFunction>()

  private constructor(scene: Scene, paths: Paths) {
    this.#scene = scene
    this.paths = paths
  }

  static async of(scene: Scene): Promise<Documents> {
    return new Documents(scene, (await scene.ask<{ paths: Paths }>('GET', '/docs/json')).body.paths)
  }

  /** Compiles all schemas now, and not while a test asks. */
  compileAll(): void {
    for (const { responses } of Object.values(this.paths).flatMap((methods) => Object.values(methods))) {
      for (const { content } of Object.values(responses)) {
        const schema = content?.['application/json']?.schema
        if (schema !== undefined) this.#validatorOf(schema)
      }
    }
  }

  /** What is wrong with an answer by what `/docs` says of it, fields included that it does not name; null: nothing. */
  faultOf(method: string, route: string, status: number, body: unknown): string | null {
    const { responses } = this.paths[route]?.[method.toLowerCase()] ?? expect.fail(`there is no ${method} ${route}`)
    const described = responses[status] ?? responses[`${String(status)[0]}XX`]
    const schema =
      described?.content?.['application/json']?.schema ?? expect.fail(`${method} ${route} says no ${status}`)
    const validate = this.#validatorOf(schema)
    return validate(body) ? null : new Ajv2020().errorsText(validate.errors)
  }

  /** Asks, and expects what the documents say of that status. @param values of parameters of the path */
  async expectAnswer<Body = unknown>(
    method: string,
    route: string,
    status: number,
    body?: object,
    query = '',
    values: Readonly<Record<string, string>> = {},
  ): Promise<Body> {
    const of: Readonly<Record<string, string>> = { id: 'bot1', trader: 'bot1', version: '1', ...values }
    const path = route.replaceAll(/\{(\w+)\}/g, (_all, name: string) => of[name] ?? expect.fail(`no ${name}`))
    const answer = await this.#scene.ask<Body>(method, `${path}${query}`, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(status)
    expect(this.faultOf(method, route, status, answer.body), JSON.stringify(answer.body)).toBeNull()
    return answer.body
  }

  #validatorOf(schema: object): ValidateFunction {
    const text = JSON.stringify(schema)
    const known = this.#validators.get(text)
    if (known !== undefined) return known
    const ajv = new Ajv2020({ strict: true, allErrors: true, strictTypes: false })
    const validate = ajv.compile(closed(schema))
    this.#validators.set(text, validate)
    return validate
  }
}

function closed(schema: object): object {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key !== 'properties' && typeof value === 'object' && value !== null && 'properties' in value
        ? { additionalProperties: false, ...value }
        : value,
    ),
  )
}
