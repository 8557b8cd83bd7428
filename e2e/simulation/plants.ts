import type { ScenarioName } from './scenarios/scenarios.ts'

/** Other words in a file. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string
  /** Stands in the file once. */
  readonly find: string
  readonly replace: string
}

/** A bug to plant: the simulation must find it. */
export interface Plant extends Edit {
  /** What goes wrong. */
  readonly name: string
  /** Where one edit does not make it. */
  readonly also?: readonly Edit[]
  /** Where it must be found; among all faults if not given. */
  readonly scenario?: ScenarioName
  /** Within so many seeds, from the first on, one must fail. */
  readonly seeds: number
}

const GUARDIAN = 'services/risk-guardian/src'
const PERSISTER = 'services/persister/src'
const HISTORY = 'libs/history/src'
const CLIENT = 'libs/client/src'

const ALLOW_DIRECT_READS: Edit = {
  file: 'libs/contracts/src/streams.ts',
  find: 'allow_direct: false,\n      deny_delete: true',
  replace: 'allow_direct: true,\n      deny_delete: true',
}
/** The end of the log is read from any replica. */
const READ_DIRECTLY: Edit = {
  file: 'libs/nats/src/last-message.ts',
  find: 'manager.streams.getMessage',
  replace: 'manager.direct.getMessage',
}

export const plants: readonly Plant[] = [
  {
    name: 'events-without-expectation',
    file: `${GUARDIAN}/outbound/event-headers.ts`,
    find: 'line(headerNames.expectedLastSubjectSequence, lastSeq) +',
    replace: '',
    seeds: 20,
  },
  {
    name: 'restart-ignores-settled',
    file: `${GUARDIAN}/guardian.ts`,
    find: 'await this.#place(Math.max(this.#restored.settled, firstSeq - 1), removed)',
    replace: 'await this.#place(Math.max(this.#restored.settled === 0 ? 0 : lastSeq, firstSeq - 1), removed)',
    seeds: 20,
  },
  {
    name: 'judged-by-the-newest-configuration',
    file: `${GUARDIAN}/intake.ts`,
    find: 'lane.push({ input, configuration,',
    replace: 'lane.push({ input, get configuration() { return configurations.current },',
    seeds: 60,
  },
  {
    name: 'no-answer-taken-for-stored',
    file: `${GUARDIAN}/outbound/append.ts`,
    find: "if (outcome.kind === 'unknown') return this.#readAgain()",
    replace: "if (outcome.kind === 'unknown') return { kind: 'stored', seq: this.#entry.lastSeq }",
    seeds: 150,
  },
  {
    name: 'refusal-taken-for-stored',
    file: `${GUARDIAN}/outbound/append.ts`,
    find: 'if (WRONG_LAST_SEQUENCE.has(code)) return this.#readAgain()',
    replace: "if (WRONG_LAST_SEQUENCE.has(code)) return { kind: 'stored', seq: this.#entry.lastSeq }",
    seeds: 150,
  },
  {
    // Whoever refused has decided the input, so the last event is its decision: true of what the leader says alone.
    name: 'stale-read-trusted',
    file: `${GUARDIAN}/trader-lane.ts`,
    find: '} else this.#wait(this.#readAgain(event, this.#expectedSeq))',
    replace:
      '} else this.#wait(this.#readAgain(event, this.#expectedSeq).then(() => { if (outcome.isDecided) this.#state = { ...this.state, inputSeq: Math.max(this.state.inputSeq, event.state.inputSeq) } }))',
    also: [
      ALLOW_DIRECT_READS,
      READ_DIRECTLY,
      {
        file: `${GUARDIAN}/outbound/append.ts`,
        find: 'if (WRONG_LAST_SEQUENCE.has(code)) return this.#readAgain()',
        replace: 'if (WRONG_LAST_SEQUENCE.has(code)) return { ...this.#readAgain(), isDecided: true }',
      },
      {
        file: `${GUARDIAN}/trader-lane.ts`,
        find: 'checkNotRecreated(last, lastSeq, subjects.traderLog(this.trader))',
        replace: '',
      },
    ],
    seeds: 400,
  },
  {
    name: 'stale-read-taken-for-another-log',
    ...ALLOW_DIRECT_READS,
    also: [READ_DIRECTLY],
    seeds: 400,
  },
  {
    name: 'settled-before-stored',
    file: `${GUARDIAN}/trader-lane.ts`,
    find: 'const decision = metrics.decide(this.trader, this.state, configuration, input)',
    replace:
      'const decision = metrics.decide(this.trader, this.state, configuration, input)\n    this.#first?.settling.stored()',
    seeds: 20,
  },
  {
    name: 'switch-of-enforcement-settled-at-once',
    file: `${GUARDIAN}/intake.ts`,
    find: 'const settling = this.#begin(message.seq, concerned.length)',
    replace: 'const settling = { seq: 0, since: 0, stored: () => undefined }\n    this.#begin(message.seq, 0)',
    seeds: 100,
  },
  {
    name: 'inputs-decided-again',
    file: `${GUARDIAN}/trader-lane.ts`,
    find: "first.input.seq > this.state.inputSeq && this.#decide(first) === 'waits'",
    replace: "this.#decide(first) === 'waits'",
    seeds: 20,
  },
  {
    name: 'own-configurations-unheard',
    file: `${GUARDIAN}/inbound/read-risk-log.ts`,
    find: "if (address.kind === 'config' && isConfiguration(address.config)) hearConfig(message, address.config, listener)",
    replace: '',
    seeds: 400,
  },
  {
    name: 'traders-of-later-inputs-known-before',
    file: `${GUARDIAN}/lanes.ts`,
    find: 'return lane !== undefined && lane.firstInputSeq < inputSeq ? lane : null',
    replace: 'return lane !== undefined && inputSeq > 0 ? lane : null',
    seeds: 400,
  },
  {
    name: 'wake-up-not-armed-again',
    file: `${GUARDIAN}/guardian.ts`,
    find: 'new Lanes({ ...shared, onIdle: arm })',
    replace: 'new Lanes({ ...shared, onIdle: () => undefined })',
    seeds: 20,
  },
  {
    name: 'silence-needs-a-pause',
    file: `${GUARDIAN}/guardian.ts`,
    find: 'return wakeAt === null ? null : wakeAt - now',
    replace: 'return wakeAt === null || state.pause === null ? null : wakeAt - now',
    seeds: 20,
  },
  {
    name: 'wake-up-not-put-off',
    file: `${GUARDIAN}/wake-timers.ts`,
    find: 'if (planned.dueAt - now >= 1) this.#start(trader, now, planned.dueAt)',
    replace: 'if (planned.dueAt - now >= 1) this.#planned.delete(trader)',
    seeds: 40,
  },
  {
    name: 'other-limits-plan-no-wake-up',
    file: `${GUARDIAN}/intake.ts`,
    find: "if (kind === 'limits') this.#parts.onLimits()",
    replace: '',
    seeds: 200,
  },
  {
    name: 'gate-open-for-a-silent-trader',
    file: `${CLIENT}/gate.ts`,
    find: '} else if (staleSince !== null) {',
    replace: '} else if (staleSince !== null && version < 0) {',
    seeds: 20,
  },
  {
    name: 'turn-never-taken-back',
    file: `${GUARDIAN}/core/turn.ts`,
    find: 'this.#isMine = now - Math.max(undecidedSince, this.#heardAt) >= this.#delay',
    replace: 'this.#isMine = this.#heardAt === Number.NEGATIVE_INFINITY && now - undecidedSince >= this.#delay',
    seeds: 40,
  },
  {
    name: 'turn-taken-late',
    file: `${GUARDIAN}/core/turn.ts`,
    find: 'export const TAKEOVER_MS = 250',
    replace: 'export const TAKEOVER_MS = 500',
    scenario: 'takeover',
    seeds: 2,
  },
  {
    name: 'heartbeats-while-behind',
    file: `${GUARDIAN}/outbound/heartbeats.ts`,
    find: 'if (liveness.keepsUp(lastSeq, settled, performance.now()) && !options.full()) {',
    replace: 'if (liveness !== null) {',
    seeds: 100,
  },
  {
    name: 'gate-without-lease',
    file: `${CLIENT}/gate.ts`,
    find: 'return Math.min(this.#heartbeatAt, this.#unacknowledgedSince) + this.#leaseMs',
    replace: 'return this.#heartbeatAt === NEVER ? NEVER : Number.POSITIVE_INFINITY',
    seeds: 20,
  },
  {
    name: 'gate-opens-by-its-own-clock',
    file: `${CLIENT}/gate.ts`,
    find: 'if (pause !== null) {',
    replace:
      'if (pause !== null && pause.until !== null) setTimeout(() => { this.#decided = ALLOWED; this.#update() }, pause.until - Date.now())\n    if (pause !== null) {',
    seeds: 20,
  },
  {
    name: 'gate-applies-older-decisions',
    file: `${CLIENT}/gate.ts`,
    find: 'if (version <= this.#version) return',
    replace: '',
    seeds: 20,
  },
  {
    name: 'ack-before-commit',
    file: `${PERSISTER}/batch-writer.ts`,
    find: 'const refusals = await inHalves(messages, this.#storeWhenPossible, this.#refused)',
    replace:
      'for (const message of messages) message.ack()\n    const refusals = await inHalves(messages, this.#storeWhenPossible, this.#refused)',
    seeds: 40,
  },
  {
    name: 'snapshot-of-the-oldest',
    file: `${HISTORY}/core/batch.ts`,
    find: 'compare(a.trader_id, b.trader_id) || a.version - b.version',
    replace: 'compare(a.trader_id, b.trader_id) || b.version - a.version',
    seeds: 20,
  },
  {
    name: 'tick-dropped-on-failure',
    file: `${CLIENT}/outbound/outbox.ts`,
    find: 'failing = true\n',
    replace: 'failing = true\n        this.#buffer.removeFirst()\n',
    seeds: 20,
  },
  {
    name: 'tick-without-message-id',
    file: `${CLIENT}/outbound/outbox.ts`,
    find: 'described.set(headerNames.messageId, tick.messageId)',
    replace: '',
    seeds: 60,
  },
  {
    name: 'silent-reading-never-ended',
    file: 'libs/nats/src/stream-reading.ts',
    find: 'if (isSilent) this.end(new SilentError())',
    replace: '',
    seeds: 150,
  },
  {
    name: 'heartbeat-counts-while-the-log-is-silent',
    file: `${CLIENT}/inbound/gate-follower.ts`,
    find: 'Math.min(now, logHeardAt + HEARD_EVERY_MS)',
    replace: 'now',
    seeds: 300,
  },
  {
    name: 'gate-told-by-a-stale-replica',
    file: `${GUARDIAN}/inbound/newest-requests.ts`,
    find: 'await lastMessage(manager, streams.risk, subject)',
    replace: 'await manager.direct.getMessage(streams.risk, { last_by_subj: subject })',
    also: [ALLOW_DIRECT_READS],
    seeds: 400,
  },
  {
    name: 'holes-are-no-damage',
    file: 'libs/contracts/src/log-damage.ts',
    find: "if (missing > 0) return { kind: 'missing', stream, missing, lastSeq }",
    replace: '',
    scenario: 'damage',
    seeds: 8,
  },
  {
    name: 'sent-before-the-end-was-seen',
    file: `${GUARDIAN}/outbound/publisher.ts`,
    find: 'this.#free.length > 0 && !this.#isOnHold && this.#watch.away === null',
    replace: 'this.#free.length > 0',
    scenario: 'damage',
    seeds: 120,
  },
]
