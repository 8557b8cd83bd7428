/** The settings of a consumer that the model knows, as the API answers them. Durations in nanoseconds. */
export interface ConsumerConfig {
  readonly name: string
  readonly durable_name?: string
  readonly description?: string
  readonly deliver_policy: 'all' | 'new' | 'by_start_sequence' | 'last_per_subject'
  readonly opt_start_seq?: number
  readonly ack_policy: 'none' | 'explicit'
  readonly ack_wait?: number
  readonly max_deliver: number
  readonly filter_subject?: string
  readonly filter_subjects?: readonly string[]
  readonly replay_policy: 'instant'
  readonly max_waiting: number
  readonly max_ack_pending?: number
  readonly inactive_threshold?: number
  readonly num_replicas: number
  readonly mem_storage?: boolean
}

const DEFAULTS = { deliver_policy: 'all', max_deliver: -1, replay_policy: 'instant', max_waiting: 512, num_replicas: 0 }
const EXPLICIT_DEFAULTS = { ack_wait: 30_000_000_000, max_ack_pending: 1_000 }
const EPHEMERAL_DEFAULTS = { inactive_threshold: 5_000_000_000 }

const KNOWN: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: () => true,
  durable_name: () => true,
  description: () => true,
  deliver_policy: (value) => ['all', 'new', 'by_start_sequence', 'last_per_subject'].includes(String(value)),
  opt_start_seq: () => true,
  ack_policy: (value) => value === 'none' || value === 'explicit',
  ack_wait: () => true,
  // The model delivers without a limit; without acks nothing is delivered twice.
  max_deliver: (value) => value === -1 || value === 1,
  filter_subject: () => true,
  filter_subjects: () => true,
  replay_policy: (value) => value === 'instant',
  max_waiting: () => true,
  max_ack_pending: () => true,
  inactive_threshold: () => true,
  num_replicas: (value) => value === 0 || value === 1,
  mem_storage: () => true,
  // The client returns what the server sent it before.
  metadata: () => true,
}

/** @throws on settings that the model does not know: without them it would behave differently from the real server */
export function consumerConfigOf(request: Readonly<Record<string, unknown>>): ConsumerConfig {
  for (const [name, value] of Object.entries(request)) {
    if (value !== undefined && KNOWN[name]?.(value) !== true) {
      throw new Error(`the simulated server knows no consumer with ${name}: ${JSON.stringify(value)}`)
    }
  }
  if (request.ack_policy === 'explicit' && request.deliver_policy === 'last_per_subject') {
    throw new Error('the simulated server knows no acks of the newest messages of each subject')
  }
  return {
    ...DEFAULTS,
    ...(request.ack_policy === 'explicit' ? EXPLICIT_DEFAULTS : {}),
    ...(request.durable_name === undefined ? EPHEMERAL_DEFAULTS : {}),
    ...request,
    name: request.name ?? request.durable_name,
  } as unknown as ConsumerConfig
}

export function filtersOf({ filter_subject: one, filter_subjects: several }: ConsumerConfig): readonly string[] {
  return several ?? (one === undefined ? [] : [one])
}

/** Whether it is deleted when it gets no requests. */
export function isEphemeral(config: ConsumerConfig): boolean {
  return config.durable_name === undefined
}
