import { isLost } from './acknowledged-inputs.ts'
import type { AnsweredCommand, Evidence, Input, LostInputs, Violation } from './evidence.ts'
import { isReportedMissing, knownEvents } from './known-events.ts'

type Needed = Pick<Evidence, 'inputs' | 'events' | 'history' | 'configEvents' | 'configHistory' | 'client'>

const FIELDS = ['type', 'inputSeq', 'recordedAt', 'equity', 'paused'] as const

/** An accepted command is one input, and one that was answered with 200 has the event of the answer. */
export function checkCommands(evidence: Needed): readonly Violation[] {
  const known = knownEvents(evidence)
  const configured = new Set(
    [...evidence.configEvents, ...evidence.configHistory].map(({ kind, inputSeq }) => `${kind} of input ${inputSeq}`),
  )
  const hasEvent = ({ event, input }: AnsweredCommand): boolean => {
    if (event === null) return false
    if (event.of === 'all') {
      return event.facts.inputSeq === input && configured.has(`${event.facts.kind} of input ${input}`)
    }
    const { facts } = event
    const found = known.get(facts.trader)?.find(({ version }) => version === facts.version)
    return found !== undefined && facts.inputSeq === input && FIELDS.every((field) => found[field] === facts[field])
  }
  const isLost = ({ event }: AnsweredCommand) =>
    event?.of === 'trader' && isReportedMissing(evidence.client, event.facts.trader, event.facts.version)
  const unanswered = evidence.client.commands
    .filter((command) => command.status === 200 && !hasEvent(command) && !isLost(command))
    .map((command) => ({
      promise: 'a command that is answered with 200 has its event',
      expected: `${JSON.stringify(command.event)} of input ${command.input}, ${command.subject}`,
      found: 'no such event in RISK or in the history',
    }))
  return [...unanswered, ...lostInputs(evidence)]
}

function lostInputs({ inputs, client }: Needed): Violation[] {
  const bySeq = new Map(inputs.map((input) => [input.seq, input]))
  const byReason = Map.groupBy(
    inputs.filter(({ subject }) => !subject.startsWith('equity.')),
    ({ payload }) => reasonOf(payload),
  )
  return client.commands.flatMap(({ status, input, subject, reason, sentAt }): Violation[] => {
    const found = byReason.get(reason) ?? []
    if (found.length > 1 && !isAcrossLoss(found, client.lostInputs)) {
      const expected = `${subject} "${reason}" once in INPUTS, as it had one idempotency key`
      return [
        { promise: 'a command is one input', expected, found: `inputs ${found.map(({ seq }) => seq).join(' and ')}` },
      ]
    }
    if ((status !== 200 && status !== 202) || input === null) return []
    const message = bySeq.get(input)
    if (message?.subject === subject && reasonOf(message.payload) === reason) return []
    if (isLost(client.lostInputs, input, sentAt)) return []
    const expected = `input ${input} to be ${subject} "${reason}", as it was answered with ${status}`
    return [
      {
        promise: 'an acknowledged input is in INPUTS',
        expected,
        found: message === undefined ? 'no such input' : `${message.subject} ${message.payload}`,
      },
    ]
  })
}

/** If the disk lost a part of INPUTS, JetStream also lost the message ids of that part. */
function isAcrossLoss(found: readonly Input[], lost: readonly LostInputs[]): boolean {
  const seqs = found.map(({ seq }) => seq)
  return lost.some(({ after }) => Math.min(...seqs) <= after && Math.max(...seqs) > after)
}

function reasonOf(payload: string): string | null {
  try {
    const { reason } = JSON.parse(payload) as { reason?: unknown }
    return typeof reason === 'string' ? reason : null
  } catch {
    return null
  }
}
