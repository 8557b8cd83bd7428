import {
  authorOf,
  type ConfigEvent,
  decodeConfigEvent,
  type FlagsChange,
  type GlobalLimitsChange,
  type Instant,
  toJsonBytes,
  UNVERIFIED,
} from '@drawbridge/contracts'
import {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  type Configuration,
  decideConfiguration,
} from '@drawbridge/risk-engine'
import { PROVISION } from '@drawbridge/service-kit'
import type { ClientBase } from 'pg'

type Kind = ConfigEvent['kind']
const KINDS: readonly Kind[] = ['flags', 'limits']

/** A change of flags or limits in INPUTS. */
export interface ConfigInput {
  readonly seq: number
  /** JetStream timestamp. */
  readonly time: Instant
  /** Null: it is unreadable, and makes no event. */
  readonly change: FlagsChange | GlobalLimitsChange | null
}

/** The configurations that the history knows, by the inputs that made them. */
export class KnownConfigurations {
  readonly #client: ClientBase
  /** Input sequences of each kind, ascending. */
  readonly #inputs: Readonly<Record<Kind, readonly number[]>>
  readonly #events = new Map<string, ConfigEvent>()

  private constructor(client: ClientBase, inputs: Readonly<Record<Kind, readonly number[]>>) {
    this.#client = client
    this.#inputs = inputs
  }

  static async read(client: ClientBase): Promise<KnownConfigurations> {
    const { rows } = await client.query<{ kind: Kind; input_seq: string }>(
      'SELECT kind, input_seq FROM risk_config_history ORDER BY input_seq',
    )
    const of = (kind: Kind) => rows.filter((row) => row.kind === kind).map((row) => Number(row.input_seq))
    return new KnownConfigurations(client, { flags: of('flags'), limits: of('limits') })
  }

  has(kind: Kind): boolean {
    return this.#inputs[kind].length > 0
  }

  /** Input sequence of the first flags after an input; infinite: there are none. */
  firstFlagsAfter(inputSeq: number): number {
    return this.#inputs.flags.find((seq) => seq > inputSeq) ?? Number.POSITIVE_INFINITY
  }

  knows(kind: Kind, inputSeq: number): boolean {
    return this.#inputs[kind].includes(inputSeq)
  }

  /** The configuration after that input. @throws if it cannot be read */
  async at(inputSeq: number): Promise<Configuration> {
    let configuration = BUILT_IN_CONFIGURATION
    for (const kind of KINDS) {
      const last = this.#inputs[kind].findLast((seq) => seq <= inputSeq)
      if (last !== undefined) configuration = applyConfiguration(configuration, await this.#event(kind, last))
    }
    return configuration
  }

  /** What a guardian needs to judge the inputs after `settled`: the configurations in force there, and all later ones. */
  async from(settled: number): Promise<readonly ConfigEvent[]> {
    const events: ConfigEvent[] = []
    for (const kind of KINDS) {
      const inputs = this.#inputs[kind]
      const inForce = inputs.findLast((seq) => seq <= settled) ?? 0
      for (const seq of inputs) if (seq >= inForce) events.push(await this.#event(kind, seq))
    }
    return events
  }

  async #event(kind: Kind, inputSeq: number): Promise<ConfigEvent> {
    const key = `${kind} ${inputSeq}`
    const known = this.#events.get(key)
    if (known !== undefined) return known
    const { rows } = await this.#client.query<{ detail: object }>(
      'SELECT detail FROM risk_config_history WHERE kind = $1 AND input_seq = $2',
      [kind, inputSeq],
    )
    const event = decodeConfigEvent(kind, toJsonBytes(rows[0]?.detail ?? null))
    if (!event.ok) throw new Error(`risk_config_history, ${kind} of input ${inputSeq}, cannot be read: ${event.reason}`)
    this.#events.set(key, event.value)
    return event.value
  }
}

/**
 * The configuration that `provision` writes if it finds none must not replace the one that was in force when the log was
 * lost. Returns the events of such inputs, which change nothing, and of the changes before the last of them; the guardian
 * decides later changes.
 * @param undecided inputs that the history does not know, in order
 * @param before the configuration before the first of them
 * @param isKnown whether the history has a configuration of the kind
 */
export function answersToProvision(
  undecided: readonly ConfigInput[],
  before: Configuration,
  isKnown: (kind: Kind) => boolean,
): readonly ConfigEvent[] {
  const isAnother = (change: ConfigInput['change']) => change !== null && isOfProvision(change) && isKnown(change.kind)
  const last = undecided.findLastIndex(({ change }) => isAnother(change))
  const events: ConfigEvent[] = []
  let configuration = before
  for (const { seq, time, change } of undecided.slice(0, last + 1)) {
    if (change === null) continue
    const event = decideConfiguration(configuration, isAnother(change) ? unchanged(change) : change, seq, time)
    configuration = applyConfiguration(configuration, event)
    events.push(event)
  }
  return events
}

function isOfProvision({ by, onBehalfOf }: FlagsChange | GlobalLimitsChange): boolean {
  // Before there was `onBehalfOf`, the program named itself as the author.
  return onBehalfOf === PROVISION || by === `${UNVERIFIED}${PROVISION}`
}

function unchanged(change: FlagsChange | GlobalLimitsChange): FlagsChange | GlobalLimitsChange {
  const reason = 'adopt-log: what was in force before the log was lost stays'
  const signature = { reason, ...authorOf(change) }
  if (change.kind === 'flags') return { kind: 'flags', enforcement: null, persistence: null, ...signature }
  return { kind: 'limits', limits: {}, traders: {}, maxTraders: null, ...signature }
}
