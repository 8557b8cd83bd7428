import { readdirSync, readFileSync } from 'node:fs'
import { Parser } from '@asyncapi/parser'
import {
  CONFIG_EVENT_KINDS,
  DEFAULT_LIMITS,
  type DocumentedName,
  documentedSchemas,
  encodeConfigEvent,
  encodeHeartbeat,
  encodeSettled,
  headerNames,
  subjects,
  TRADER_COMMANDS,
} from '@drawbridge/contracts'
import { describe, expect, test } from 'vitest'
import { contractDocuments, SCHEMAS_FOLDER } from '../docs-contracts/documents.ts'
import { faultOf, readSchema } from './written-schema.ts'

const DOCS = new URL('../../docs/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, DOCS), 'utf8')
const { version } = JSON.parse(read('../package.json')) as { version: string }
const documents = contractDocuments(version)
const names = Object.keys(documentedSchemas) as DocumentedName[]

describe('what the code gives is what is written', () => {
  test.each([...documents])('docs/%s; else run: npm run docs:contracts', (path, text) => {
    expect(read(path)).toBe(text)
  })

  test('and there is no other schema', () => {
    expect(readdirSync(new URL(SCHEMAS_FOLDER, DOCS)).toSorted()).toEqual(
      names.map((name) => `${name}.json`).toSorted(),
    )
  })
})

describe('asyncapi.json', () => {
  const written = JSON.parse(read('asyncapi.json')) as {
    readonly channels: Readonly<Record<string, { readonly address: string }>>
    readonly components: { readonly messages: Readonly<Record<string, { readonly headers?: { properties: object } }>> }
  }

  test('is valid AsyncAPI', { timeout: 60_000 }, async () => {
    const { document, diagnostics } = await new Parser().parse(read('asyncapi.json'))

    const faults = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')
    expect(faults.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([])
    expect(document?.allOperations().length).toBe(Object.keys(written.channels).length)
  })

  test('is not valid with an operation on a channel that there is not', { timeout: 60_000 }, async () => {
    const broken = read('asyncapi.json').replace('"$ref": "#/channels/tick"', '"$ref": "#/channels/tock"')

    const { diagnostics } = await new Parser().parse(broken)

    expect(diagnostics.map(({ path }) => path.join('.'))).toContain('operations.tick.channel.$ref')
  })

  test('has a channel for every input, every kind of event, heartbeats and rejects', () => {
    const addresses = Object.values(written.channels).map(({ address }) => address)

    expect(addresses.toSorted()).toEqual(
      [
        subjects.tick('{trader}'),
        ...TRADER_COMMANDS.map((command) => subjects.control(command, '{trader}')),
        ...TRADER_COMMANDS.filter((command) => command !== 'wake').map((command) =>
          subjects.command('{user}', command, '{trader}'),
        ),
        subjects.commandLimits('{user}'),
        subjects.commandFlags('{user}'),
        subjects.controlLimits,
        subjects.controlFlags,
        'risk.{type}.{trader}',
        ...CONFIG_EVENT_KINDS.map((kind) => subjects.config(kind)),
        'guardian.out.{type}.{trader}',
        subjects.heartbeat,
        subjects.newest('{trader}'),
        subjects.rejects('{stream}'),
      ].toSorted(),
    )
  })

  test('describes every header that Drawbridge reads or writes but those of a replay and of a list of dead letters', () => {
    const described = Object.values(written.components.messages).flatMap(({ headers }) =>
      Object.keys(headers?.properties ?? {}),
    )

    expect(Object.values(headerNames).filter((name) => !described.includes(name))).toEqual([
      headerNames.expectedLastSequence,
      headerNames.messageSize,
    ])
  })
})

describe('a JSON Schema takes', () => {
  const page = read('events.md')
  const blocks = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) => JSON.parse(text) as object)
  const schemaOfBlock = (block: object): DocumentedName => {
    if ('equity' in block) return 'Tick'
    if ('instance' in block) return 'Heartbeat'
    return 'type' in block && block.type === 'flags' ? 'FlagsEvent' : 'RiskEvent'
  }
  const commands = [...page.matchAll(/^\| `command\.operator\.([a-z.-]+?)(\.bot1)?` +\| `(\{.*\})` +\|$/gm)].map(
    ([, command = '', ofTrader, text = '']) => {
      const names: Readonly<Record<string, DocumentedName>> = {
        pause: 'Pause',
        resume: 'Resume',
        limits: ofTrader === undefined ? 'GlobalLimits' : 'TraderLimits',
        'cash-flow': 'CashFlow',
        restart: 'Restart',
        correct: 'Correct',
        flags: 'Flags',
      }
      return [names[command] ?? 'Tick', JSON.parse(text) as object] as const
    },
  )

  test('what docs/events.md shows', () => {
    const shown = [...blocks.map((block) => [schemaOfBlock(block), block] as const), ...commands]

    const faults = shown.map(([name, payload]) => [name, faultOf(readSchema(name), true)(payload)])
    expect(faults).toEqual(shown.map(([name]) => [name, null]))
    expect(new Set(shown.map(([name]) => name))).toEqual(
      new Set(names.filter((name) => name !== 'LimitsEvent' && name !== 'SettledEvent' && name !== 'RemovedEvent')),
    )
  })

  test.each(names)('%s: its own examples, and no field that it does not name', (name) => {
    const { examples } = readSchema(name) as { readonly examples: readonly unknown[] }

    expect(examples.length).toBeGreaterThan(0)
    expect(examples.map(faultOf(readSchema(name), true))).toEqual(examples.map(() => null))
  })

  const envelope = { inputSeq: 1, recordedAt: 0, reason: null, by: null }
  const written: readonly (readonly [DocumentedName, Uint8Array])[] = [
    [
      'FlagsEvent',
      encodeConfigEvent({
        kind: 'flags',
        ...envelope,
        enforcement: true,
        persistence: false,
        previous: { enforcement: false },
      }),
    ],
    [
      'LimitsEvent',
      encodeConfigEvent({
        kind: 'limits',
        ...envelope,
        defaults: DEFAULT_LIMITS,
        traders: { bot1: { maxDrawdownPct: null }, bot2: DEFAULT_LIMITS },
        maxTraders: 3,
        pending: [{ at: 0, defaults: { stopTradingMinutes: 5 }, traders: {} }],
        previous: { defaults: { maxDrawdownPct: null }, traders: { bot1: DEFAULT_LIMITS }, maxTraders: 2 },
      }),
    ],
    ['SettledEvent', encodeSettled({ settled: 0, inputsCreated: '2026-03-12T20:00:00Z' })],
    ['Heartbeat', encodeHeartbeat({ instance: 'a', settled: 0, lag: 0 })],
  ]
  test.each(written)('%s: what the code writes', (name, bytes) => {
    expect(faultOf(readSchema(name), true)(JSON.parse(new TextDecoder().decode(bytes)))).toBeNull()
  })
})

describe('a JSON Schema refuses', () => {
  const bad: readonly (readonly [DocumentedName, object, string])[] = [
    ['Tick', { balance: 1 }, "must have required property 'equity'"],
    ['Tick', { equity: true }, 'equity must be number'],
    ['Tick', { equity: 1, seq: -1 }, 'seq must be >= 0'],
    ['Pause', {}, "must have required property 'reason'"],
    ['Pause', { reason: 'lunch', untill: '2026-03-12T20:00:00Z' }, 'must NOT have additional properties'],
    ['Resume', { by: '' }, 'by must NOT have fewer than 1 characters'],
    ['CashFlow', { reason: 'deposit' }, "must have required property 'amount'"],
    ['TraderLimits', { max_dayly_loss: 5 }, 'must NOT have additional properties'],
    ['GlobalLimits', { traders: { bot1: { max_dayly_loss: 5 } } }, 'traders/bot1 must NOT have additional properties'],
    ['Flags', { enable_persistence: 'yes' }, 'enable_persistence must be boolean'],
    ['Heartbeat', { instance: 'a', settled: 1 }, "must have required property 'lag'"],
    ['SettledEvent', { schema: 1, type: 'settled', settled: 1 }, "must have required property 'inputsCreated'"],
    ['FlagsEvent', { schema: 2 }, 'schema must be equal to constant'],
    ['LimitsEvent', { schema: 1, defaults: {} }, "defaults must have required property 'max_daily_loss'"],
    ['RiskEvent', { facts: [{ kind: 'breached' }] }, "facts/0 must have required property 'rule'"],
    ['RiskEvent', { facts: [{ kind: 'unheard-of' }] }, 'facts/0/kind must be equal to constant'],
  ]
  test.each(bad)('%s %j: %s', (name, payload, reason) => {
    expect(faultOf(readSchema(name))(payload)).toContain(reason)
  })
})
