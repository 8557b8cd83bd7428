import Type from 'typebox'
import { decoder } from './faults.ts'
import { toJsonBytes } from './json.ts'
import { FAULTY_TASKS } from './notice.ts'
import { parsed } from './parsed.ts'
import { amount, instant, nullable, yesOrNo } from './schema-fields.ts'

const name = (description: string) => Type.String({ maxLength: 100, description })
const told = (description: string) => Type.String({ maxLength: 1_000, description })
const standing = nullable(Type.Enum(['open', 'blocked']), '"open", "blocked" or null')

const ConnectorFaultSchema = Type.Object({
  /** What cannot be done. */
  task: Type.Enum([...FAULTY_TASKS], { description: 'a task' }),
  kind: Type.Enum(['temporary', 'rate-limited', 'refused', 'unusable'], { description: 'a kind of failure' }),
  reason: told('why'),
  /** What a person can do. */
  advice: told('what a person can do'),
  since: instant,
})

/**
 * How a connector does, on `connector.report.<name>`: every few seconds, and at once when something could not be done that
 * could before. It repeats everything, so that whoever begins to listen knows it after one interval.
 */
export const ConnectorReportSchema = Type.Object(
  {
    connector: name('the name of the connector'),
    adapter: name('the name of an adapter'),
    trader: name('the id of a trader'),
    /** The process, for people. */
    instance: name('a name'),
    /** Names the process: another one at each start. An older connector says nothing. */
    run: Type.Optional(name('the name of a process')),
    /** When the process started. An older connector says nothing. */
    startedAt: Type.Optional(instant),
    /** Whether it leaves the work to another process, which started first. An older connector says nothing. */
    waits: Type.Optional(yesOrNo),
    reads: yesOrNo,
    acts: yesOrNo,
    /** Whether it can stop entries on the other side; null: it is not asked to, or nobody can say. An older connector says nothing. */
    canBlock: Type.Optional(nullable(Type.Boolean(), 'true, false or null')),
    dryRun: yesOrNo,
    /** How the trader's gate wants the other side to stand; null: nothing is known yet. */
    wanted: standing,
    /** How it stands, as far as is known. */
    stands: standing,
    /** The newest usable reading; null: there was none. */
    reading: nullable(Type.Object({ equity: amount, currency: name('a currency'), at: instant }), 'a reading or null'),
    /** What cannot be done at present: the `connector-fault`s. */
    faults: Type.Array(ConnectorFaultSchema, { maxItems: 8, description: 'a list of faults' }),
  },
  { $id: 'ConnectorReport' },
)
export type ConnectorReport = Type.Static<typeof ConnectorReportSchema>
export type ConnectorFault = ConnectorReport['faults'][number]

/** An older report says nothing of now: its sender has ended, or is cut off. */
export const CONNECTOR_REPORT_EVERY_MS = 3_000
export const CONNECTOR_REPORT_CURRENT_FOR_MS = 5 * CONNECTOR_REPORT_EVERY_MS

export function encodeConnectorReport(report: ConnectorReport): Uint8Array {
  return toJsonBytes(report)
}

export const decodeConnectorReport = decoder(ConnectorReportSchema, (report) => parsed<ConnectorReport>(report))
