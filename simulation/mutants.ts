import type { ScenarioName } from './scenarios/scenarios.ts'

/** A bug in the product that the simulation must find. */
export interface Mutant {
  /** What goes wrong. */
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** The function, method or constant with the bug: `Class.method`. */
  readonly point: string
  /** Occurs there exactly once; a space matches any white space. */
  readonly find: string
  readonly replace: string
  /** The scenario that must find it; `faults` if not given. */
  readonly scenario?: ScenarioName
  /** One of the first this many seeds must fail. */
  readonly seeds: number
  /** The seed that found it last; tried first. */
  readonly foundBy: number
}

const GUARDIAN = 'services/risk-guardian/src'
const PERSISTER = 'services/persister/src'
const HISTORY = 'libs/history/src'
const CLIENT = 'libs/client/src'

export const mutants: readonly Mutant[] = [
  {
    name: 'events-without-expectation',
    file: `libs/nats/src/event-headers.ts`,
    point: 'eventHeaders',
    find: 'line(headerNames.expectedLastSubjectSequence, lastSeq) +',
    replace: '',
    seeds: 20,
    foundBy: 3,
  },
  {
    name: 'restart-ignores-settled',
    file: `${GUARDIAN}/guardian.ts`,
    point: 'Guardian.#restore',
    find: 'Math.max(settled, firstSeq - 1)',
    replace: 'Math.max(settled === 0 ? 0 : held.last_seq + inputsOffset, firstSeq - 1)',
    seeds: 20,
    foundBy: 3,
  },
  {
    name: 'judged-by-the-newest-configuration',
    file: `${GUARDIAN}/intake.ts`,
    point: 'Intake.#takeTraderInput',
    find: 'lane.push(input, configuration,',
    replace:
      'lane.push(input, new Proxy(configuration, { get: (_, name) => Reflect.get(configurations.current, name) }),',
    seeds: 60,
    foundBy: 1,
  },
  {
    name: 'no-answer-taken-for-stored',
    file: `${GUARDIAN}/outbound/risk-log.ts`,
    point: 'Append.#publishOn',
    find: "if (outcome.kind === 'unknown') return this.#readAgain()",
    replace: "if (outcome.kind === 'unknown') return { kind: 'stored', seq: this.#lastSeq }",
    seeds: 150,
    foundBy: 23,
  },
  {
    name: 'refusal-taken-for-stored',
    file: `${GUARDIAN}/outbound/risk-log.ts`,
    point: 'Append.#publishOn',
    find: 'if (WRONG_LAST_SEQUENCE.has(code)) return this.#readAgain()',
    replace: "if (WRONG_LAST_SEQUENCE.has(code)) return { kind: 'stored', seq: this.#lastSeq }",
    seeds: 150,
    foundBy: 5,
  },
  {
    name: 'batch-decided-from-its-first-state',
    file: `${GUARDIAN}/trader-lane.ts`,
    point: 'TraderLane.#decideMore',
    find: 'const { state } = (sent[sent.length - 1] as SentEvent).event',
    replace: 'const { state } = this.record',
    seeds: 20,
    foundBy: 1,
  },
  {
    name: 'settled-before-stored',
    file: `${GUARDIAN}/trader-lane.ts`,
    point: 'TraderLane.#decide',
    find: 'const decision =',
    replace: 'queued.settling.stored()\n    const decision =',
    seeds: 20,
    foundBy: 1,
  },
  {
    name: 'switch-of-enforcement-settled-at-once',
    file: `${GUARDIAN}/intake.ts`,
    point: 'Intake.#changed',
    find: 'const settling = this.#begin(message.seq, concerned.length)',
    replace: 'const settling = { seq: 0, since: 0, stored: () => undefined }\n    this.#begin(message.seq, 0)',
    seeds: 100,
    foundBy: 11,
  },
  {
    name: 'inputs-decided-again',
    file: `${GUARDIAN}/trader-lane.ts`,
    point: 'TraderLane.#decideWaiting',
    find: 'first.input.seq > this.record.state.inputSeq &&',
    replace: '',
    seeds: 20,
    foundBy: 1,
  },
  {
    name: 'own-configurations-unheard',
    file: `${GUARDIAN}/inbound/risk-log-reader.ts`,
    point: 'RiskLogReader.take',
    find: "if (address.kind === 'config' && isConfiguration(address.config)) this.#takeConfiguration(message, address.config)",
    replace: '',
    seeds: 400,
    foundBy: 199,
  },
  {
    name: 'traders-of-later-inputs-known-before',
    file: `${GUARDIAN}/lanes.ts`,
    point: 'Lanes.before',
    find: 'lane.record.firstInputSeq < inputSeq',
    replace: 'inputSeq > 0',
    seeds: 400,
    foundBy: 121,
  },
  {
    name: 'wake-up-not-armed-again',
    file: `${GUARDIAN}/trader-lane.ts`,
    point: 'TraderLane.#decideWaiting',
    find: 'this.#services.wakeTimers.arm(this.record)',
    replace: '',
    seeds: 20,
    foundBy: 1,
  },
  {
    name: 'silence-needs-a-pause',
    file: `${GUARDIAN}/wake-timers.ts`,
    point: 'WakeTimers.#wakeIn',
    find: 'return wakeAt === null ? null : wakeAt - now',
    replace: 'return wakeAt === null || state.pause === null ? null : wakeAt - now',
    seeds: 20,
    foundBy: 1,
  },
  {
    name: 'wake-up-not-put-off',
    file: `${GUARDIAN}/wake-timers.ts`,
    point: 'WakeTimers.#fire',
    find: 'if (planned.dueAt - now >= 1) this.#start(trader, now, planned.dueAt)',
    replace: 'if (planned.dueAt - now >= 1) this.#planned.delete(trader)',
    seeds: 40,
    foundBy: 3,
  },
  {
    name: 'other-limits-plan-no-wake-up',
    file: `${GUARDIAN}/intake.ts`,
    point: 'Intake.#changed',
    find: "if (kind === 'limits') wakeTimers.planAll(lanes)",
    replace: '',
    seeds: 200,
    foundBy: 102,
  },
  {
    name: 'gate-open-for-a-silent-trader',
    file: `${CLIENT}/gate.ts`,
    point: 'Gate.apply',
    find: 'standingOf(event.state)',
    replace: 'standingOf({ ...event.state, staleSince: null })',
    seeds: 20,
    foundBy: 1,
  },
  {
    name: 'turn-never-taken-back',
    file: `${GUARDIAN}/core/role.ts`,
    point: 'Role.takeOver',
    find: 'Math.max(undecidedSince, this.#heardAt)',
    replace: '(this.#heardAt === Number.NEGATIVE_INFINITY ? undecidedSince : Number.POSITIVE_INFINITY)',
    seeds: 40,
    foundBy: 1,
  },
  {
    name: 'turn-taken-late',
    file: `${GUARDIAN}/core/role.ts`,
    point: 'TAKEOVER_MS',
    find: '250',
    replace: '500',
    scenario: 'takeover',
    seeds: 2,
    foundBy: 1,
  },
  {
    name: 'heartbeats-while-behind',
    file: `${GUARDIAN}/outbound/heartbeats.ts`,
    point: 'Heartbeats.#lookAndSend',
    find: 'liveness.keepsUp(lastSeq, settled, performance.now()) && !riskLog.full',
    replace: 'liveness !== null',
    seeds: 100,
    foundBy: 37,
  },
  {
    name: 'gate-without-lease',
    file: `${CLIENT}/gate.ts`,
    point: 'Gate.#liveUntil',
    find: '+ this.#leaseMs',
    replace: '+ Number.MAX_SAFE_INTEGER',
    seeds: 20,
    foundBy: 3,
  },
  {
    name: 'gate-opens-by-its-own-clock',
    file: `${CLIENT}/gate.ts`,
    point: 'Gate.apply',
    find: 'this.#decided =',
    replace:
      'const until = event.state.pause?.until ?? null\n    if (until !== null) setTimeout(() => { this.#decided = decidedVerdict(standingOf({ ...event.state, pause: null }), null); this.#update() }, until - Date.now())\n    this.#decided =',
    seeds: 20,
    foundBy: 1,
  },
  {
    name: 'gate-applies-older-decisions',
    file: `${CLIENT}/gate.ts`,
    point: 'Gate.apply',
    find: 'if (version <= this.#version) return',
    replace: '',
    seeds: 20,
    foundBy: 5,
  },
  {
    name: 'ack-before-commit',
    file: `${PERSISTER}/batch-writer.ts`,
    point: 'BatchWriter.write',
    find: 'const refusals = await inHalves(messages, this.#storeWhenPossible, this.#refused)',
    replace:
      'for (const message of messages) message.ack()\n    const refusals = await inHalves(messages, this.#storeWhenPossible, this.#refused)',
    seeds: 40,
    foundBy: 3,
  },
  {
    name: 'snapshot-of-the-oldest',
    file: `${HISTORY}/core/batch.ts`,
    point: 'batchOf',
    find: 'compare(a.trader_id, b.trader_id) || a.version - b.version',
    replace: 'compare(a.trader_id, b.trader_id) || b.version - a.version',
    seeds: 20,
    foundBy: 1,
  },
  {
    name: 'tick-dropped-on-failure',
    file: `${CLIENT}/outbound/outbox.ts`,
    point: 'Outbox.#sendAll',
    find: 'failing = true\n',
    replace: 'failing = true\n        this.#buffer.removeFirst()\n',
    seeds: 20,
    foundBy: 1,
  },
  {
    name: 'tick-without-message-id',
    file: `${CLIENT}/outbound/outbox.ts`,
    point: 'Outbox.#publish',
    find: 'described.set(headerNames.messageId, tick.messageId)',
    replace: '',
    seeds: 60,
    foundBy: 3,
  },
  {
    name: 'silent-reading-never-ended',
    file: 'libs/nats/src/stream-reading.ts',
    point: 'StreamReading.#lookForSilence',
    find: 'if (isSilent) this.end(new SilentError())',
    replace: '',
    seeds: 150,
    foundBy: 1,
  },
  {
    name: 'heartbeat-counts-while-the-log-is-silent',
    file: `${CLIENT}/inbound/gate-follower.ts`,
    point: 'GateFollower.#onHeartbeat',
    find: 'Math.min(now, logHeardAt + HEARD_EVERY_MS)',
    replace: 'now',
    seeds: 300,
    foundBy: 118,
  },
  {
    name: 'holes-are-no-damage',
    file: 'libs/contracts/src/log-damage.ts',
    point: 'riskLogDamage',
    find: "if (missing > 0) return { kind: 'missing', stream, missing, lastSeq }",
    replace: '',
    scenario: 'damage',
    seeds: 8,
    foundBy: 1,
  },
  {
    name: 'sent-before-the-end-was-seen',
    file: `${GUARDIAN}/outbound/publisher.ts`,
    point: 'Publisher.#maySend',
    find: '&& !this.#isOnHold && this.#watch.away === null',
    replace: '',
    scenario: 'damage',
    seeds: 120,
    foundBy: 106,
  },
]
