import { compileCheck, type Parsed, parsed, refused } from '@drawbridge/contracts'
import { COMMON_FIELDS, type Config, type ConnectorConfig, connectorPrefix } from '@drawbridge/settings'
import Type, { type TSchema } from 'typebox'
import { ADAPTER_LIST } from './adapters/adapters.ts'
import { addressFaults } from './core/address-faults.ts'
import { secretsInAddresses } from './core/concealed.ts'
import type { CallLimits } from './core/token-bucket.ts'
import { type SetupWarning, tooOften } from './core/too-often.ts'
import type { Opening, Secrets } from './outbound/opened-account.ts'
import { readSecretFile } from './outbound/secret-file.ts'
import type { AnyAdapter, Surroundings } from './port.ts'

/** A connector of config.json that can be opened. */
export interface ConnectorSetup {
  readonly name: string
  readonly config: ConnectorConfig
  readonly adapter: AnyAdapter
  readonly limits: CallLimits
  readonly warnings: readonly SetupWarning[]
  /** How its account is opened. */
  opening(surroundings: Omit<Surroundings, 'secret'>): Opening
}

/** The connectors of the settings, each checked by its adapter. A refusal lists every fault, one a line. */
export function readConnectorSetups(config: Pick<Config, 'connectors'>): Parsed<readonly ConnectorSetup[]> {
  const faults = [...sharedVariables(config)]
  const setups: ConnectorSetup[] = []
  for (const [name, connector] of Object.entries(config.connectors)) {
    const own = faultsOf(name, connector)
    faults.push(...own.map((fault) => `config.json, connectors.${name}: ${fault}`))
    if (own.length === 0) setups.push(setupOf(name, connector))
  }
  return faults.length === 0 ? parsed(setups) : refused(faults.join('\n'))
}

/** Variables that two connectors would take a secret from, so that one side would get the secret of the other. A sentence each. */
export function sharedVariables({ connectors }: Pick<Config, 'connectors'>): readonly string[] {
  const takers = new Map<string, string>()
  const faults: string[] = []
  for (const [name, { adapter, secretFiles }] of Object.entries(connectors)) {
    for (const secret of Object.keys(ADAPTER_LIST[adapter].secrets)) {
      if (secretFiles[secret] === undefined) continue
      const variable = variableOf(name, secret)
      const first = takers.get(variable)
      if (first === undefined) takers.set(variable, name)
      else {
        const mend = `write the "..._file" of each into config.json instead, or rename one of them`
        faults.push(`config.json, connectors: ${variable} names a secret of both "${first}" and "${name}": ${mend}`)
      }
    }
  }
  return faults
}

function variableOf(name: string, secret: string): string {
  return `${connectorPrefix(name)}${secret.toUpperCase()}_FILE`
}

function setupOf(name: string, config: ConnectorConfig): ConnectorSetup {
  const adapter = ADAPTER_LIST[config.adapter]
  const { fields, paths } = split(config, adapter)
  const limits = adapter.limits(fields as never)
  const everySeconds = config.everySeconds ?? adapter.everySeconds
  const slower = config.reads
    ? tooOften(everySeconds, limits.read, adapter.callsPerReading?.(fields as never) ?? 1)
    : null
  return {
    name,
    config,
    adapter,
    limits,
    warnings: slower === null ? [] : [slower],
    opening: (surroundings) => ({
      readSecrets: () => secretsIn(paths, adapter),
      open: (secrets) =>
        adapter.open(fields as never, { ...surroundings, secret: (secret) => secrets[secret] ?? null }),
      alsoSecret: secretsInAddresses(fields),
    }),
  }
}

function faultsOf(name: string, config: ConnectorConfig): readonly string[] {
  const adapter = ADAPTER_LIST[config.adapter]
  const literal = Object.keys(adapter.secrets).filter((secret) => Object.hasOwn(config.written, secret))
  if (literal.length > 0) return literal.map(literalFault)
  const { fields, paths } = split(config, adapter)
  const ofAddresses = addressFaults(fields, adapter)
  // What the schema says of a field quotes it.
  if (ofAddresses.length > 0) return ofAddresses
  const faults: string[] = []
  for (const [secret, { about, required }] of Object.entries(adapter.secrets)) {
    if (config.secretFiles[secret] !== undefined && Object.hasOwn(config.written, `${secret}_file`)) {
      faults.push(`${secret}_file is set by ${variableOf(name, secret)}, too: remove one of them`)
    } else if (required && paths[secret] === undefined) {
      faults.push(`${secret}_file is missing: the path of a file with ${about}`)
    }
  }
  const checked = compileCheck<never>(wholeSchema(adapter))(config.written)
  if (!checked.ok) return [...checked.reason.split('; '), ...faults]
  return [...faults, ...(adapter.check?.(fields as never, new Set(Object.keys(paths))) ?? [])]
}

/** @throws {SecretFileError} where a file cannot be read */
function secretsIn(paths: Readonly<Record<string, string>>, { secrets }: AnyAdapter): Secrets {
  const given = Object.entries(secrets).flatMap(([secret, { about }]) => {
    const path = paths[secret]
    return path === undefined ? [] : [[secret, readSecretFile(`${secret}_file`, path, about)] as const]
  })
  return Object.fromEntries(given)
}

function literalFault(secret: string): string {
  return `${secret} does not belong in config.json, which is no secret: write it into a file that only you can read, and name that with "${secret}_file"`
}

const FILE = /^(.+)_file$/

/** The adapter's own fields, and the paths of its secrets. */
function split({ written, secretFiles }: ConnectorConfig, { secrets }: AnyAdapter) {
  const fields: Record<string, unknown> = {}
  const paths: Record<string, string> = { ...secretFiles }
  for (const [field, value] of Object.entries(written)) {
    const secret = FILE.exec(field)?.[1]
    if (secret !== undefined && Object.hasOwn(secrets, secret)) paths[secret] = String(value)
    else if (!Object.hasOwn(COMMON_FIELDS, field)) fields[field] = value
  }
  return { fields, paths }
}

/** All that may be written, so that a slip in any field is told with the field that was meant. */
function wholeSchema({ settings, secrets }: AnyAdapter) {
  const files: Record<string, TSchema> = {}
  for (const [secret, { about }] of Object.entries(secrets)) {
    files[`${secret}_file`] = Type.Optional(
      Type.String({ minLength: 1, description: `the path of a file with ${about}` }),
    )
  }
  const common = Object.fromEntries(Object.keys(COMMON_FIELDS).map((field) => [field, Type.Optional(Type.Unknown())]))
  return Type.Object({ ...common, ...settings.properties, ...files }, { additionalProperties: false })
}
