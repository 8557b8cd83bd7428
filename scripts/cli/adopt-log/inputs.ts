import { decodeFlags, decodeGlobalLimits, parseInputSubject, signedBy, streams, subjects } from '@drawbridge/contracts'
import { readStream } from '@drawbridge/nats'
import type { JetStreamManager, MsgRequest, StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { type StartProgress, startUnseen } from '../progress.ts'
import type { ConfigInput, KnownConfigurations } from './known-configurations.ts'
import type { Decided, KnownInput } from './known-history.ts'
import type { Adoption } from './record.ts'

/** The inputs that a log is made from. */
export interface InputsPlace {
  /** Creation time of INPUTS. */
  readonly created: string
  /** The sequence of an input is that of the stream plus this. */
  readonly offset: number
  /** Whether INPUTS took the place of the one whose inputs the history knows. */
  readonly isNew: boolean
}

/** Concurrent requests, one for each subject. */
const AT_A_TIME = 100
const REMEDY =
  'It may have been restored from an older backup, or the clock of the server was set back. Delete INPUTS and RISK, ' +
  'recreate them with npm run provision, and adopt them: the history continues'

/**
 * Whether INPUTS is the one whose inputs the history knows, and the sequences of its inputs. Inputs of a new one are counted
 * from the newest that the history knows, so that no sequence means two inputs.
 * @throws if the facts about INPUTS contradict each other
 */
export async function placeInputs(
  manager: JetStreamManager,
  { created, state }: StreamInfo,
  newest: KnownInput | null,
  last: Adoption | null,
): Promise<InputsPlace> {
  const offset = last?.inputsOffset ?? 0
  if (newest === null || last?.inputsCreated === created) return { created, offset, isNew: false }
  const isNew: InputsPlace = { created, offset: newest.inputSeq, isNew: true }
  const isYounger = Date.parse(created) > newest.recordedAt
  if (last !== null && isYounger) return isNew
  const seq = newest.inputSeq - offset
  const kept = await manager.streams.getMessage(streams.inputs, { seq })
  if (kept !== null && Math.abs(kept.time.getTime() - newest.recordedAt) <= 1) return { created, offset, isNew: false }
  if (isYounger) return isNew
  if (kept === null && seq < state.first_seq) return { created, offset, isNew: false }
  throw new Error(
    `INPUTS was created at ${created}, before the newest input that the history knows (${newest.inputSeq}, of ` +
      `${new Date(newest.recordedAt).toISOString()}), and does not hold it. ${REMEDY}`,
  )
}

/** Changes of flags and limits in INPUTS that the history does not know, in order. */
export async function unknownConfigurations(
  connection: NatsConnection,
  { state }: StreamInfo,
  { offset }: InputsPlace,
  known: KnownConfigurations,
): Promise<readonly ConfigInput[]> {
  const unknown: ConfigInput[] = []
  const byUsers = [subjects.commandFlags('*'), subjects.commandLimits('*')]
  const filterSubjects = [subjects.controlFlags, subjects.controlLimits, ...byUsers]
  const range = { stream: streams.inputs, from: Math.max(state.first_seq, 1), to: state.last_seq, filterSubjects }
  for await (const messages of readStream(connection, range)) {
    for (const message of messages) {
      const address = parseInputSubject(message.subject)
      if (address.kind !== 'flags' && address.kind !== 'limits') continue
      const seq = message.seq + offset
      if (known.knows(address.kind, seq)) continue
      const read = address.kind === 'flags' ? decodeFlags(message.data) : decodeGlobalLimits(message.data)
      unknown.push({ seq, time: message.time, change: read.ok ? signedBy(address.signer, read.value) : null })
    }
  }
  return unknown
}

/**
 * The input up to which the history knows every event: the guardian judges later ones. An input without an event cannot be
 * distinguished from one that nobody judged; it is judged again, with the same result.
 * @param inputs its state when `unknown` was read: later inputs are not settled
 */
export async function settledUpTo(
  manager: JetStreamManager,
  inputs: StreamInfo,
  { offset, isNew }: InputsPlace,
  { traders }: Decided,
  known: KnownConfigurations,
  unknown: readonly ConfigInput[],
  startProgress: StartProgress = startUnseen,
): Promise<number> {
  if (isNew) return offset
  const { state } = await manager.streams.info(streams.inputs, { subjects_filter: '>' })
  const names = Object.keys(state.subjects ?? {})
  // A change of the flags affects all paused traders, and the history may lack its event for one of them.
  let pausedSince = Number.POSITIVE_INFINITY
  for (const { inputSeq, isPaused } of traders.values()) if (isPaused) pausedSince = Math.min(pausedSince, inputSeq)
  let first = Math.min(
    offset + inputs.state.last_seq + 1,
    unknown[0]?.seq ?? Number.POSITIVE_INFINITY,
    known.firstFlagsAfter(pausedSince),
  )
  const progress = startProgress('inputs by subject', names.length)
  try {
    for (let from = 0; from < names.length; from += AT_A_TIME) {
      const undecided = names.slice(from, from + AT_A_TIME).map(async (subject) => {
        const address = parseInputSubject(subject)
        if (address.kind === 'flags' || address.kind === 'limits') return null
        const decided = address.kind === 'unknown' ? 0 : (traders.get(address.trader)?.inputSeq ?? 0)
        return manager.streams.getMessage(streams.inputs, nextOn(subject, Math.max(decided - offset, 0)))
      })
      for (const next of await Promise.all(undecided)) if (next !== null) first = Math.min(first, next.seq + offset)
      progress.to(Math.min(from + AT_A_TIME, names.length))
    }
  } finally {
    progress.stop()
  }
  // Inputs that have left the stream cannot be judged, and are not missing.
  return Math.max(first, offset + inputs.state.first_seq) - 1
}

/** The first message on a subject after a sequence; in the client's types only direct reads can ask for it. */
function nextOn(subject: string, after: number): MsgRequest {
  const request = { seq: after + 1, next_by_subj: subject }
  return request
}
