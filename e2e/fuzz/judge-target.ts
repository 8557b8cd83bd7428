import {
  OPERATOR_COMMANDS,
  type Parsed,
  parsed,
  refused,
  subjects,
  TRADER_COMMANDS,
  toJsonBytes,
} from '@drawbridge/contracts'
import { type InputMessage, type Judgement, OfflineJudge, storedEvent } from '@drawbridge/risk-engine'
import type { Random } from '@drawbridge/testing/random'
import { decoderTargets } from './decoder-targets.ts'
import { SESSIONS } from './limit-samples.ts'
import type { Target } from './target.ts'

/** Valid ones are names that every object has by its prototype; an input names them as well as any other. */
const TRADERS = [
  'bot1',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(65),
  'flags',
  '',
  'bøt',
  'a.b',
  '*',
  '\u0000',
]
const SUBJECTS = [
  'equity.tick',
  'control',
  'control.pause',
  'control.x.bot1',
  'command',
  'command.eve',
  'command.eve.x',
  'equity.tick.',
  'x',
  '',
]
/** Whoever has a user with such a name. */
const USERS = ['eve', '__proto__', 'http', '', 'a b']
const START = Date.parse('2026-03-12T14:00:00Z')
const SECOND_MS = 1_000
/** The other settings that are in force before. */
const SURROUNDINGS = [{}, {}, ...SESSIONS.map((sessions) => ({ sessions }))]

const inputs = decoderTargets.filter(({ name }) => !name.includes('event') && name !== 'heartbeat')

/**
 * The rules, by whatever an input says on whatever subject. A trader that has reported goes on after it: its next tick has
 * its event, which can be stored.
 */
export const judgeTarget: Target = {
  name: 'judge',
  samples: inputs.flatMap(({ samples }) => samples),
  fields: inputs.flatMap(({ fields }) => fields),
  read,
  write: null,
  sameBy: 'value',
}

function read(data: Uint8Array, random: Random): Parsed<unknown> {
  const judge = new OfflineJudge()
  const limits = toJsonBytes({ max_drawdown: 20, ...random.pick(SURROUNDINGS) })
  decide(judge, { subject: subjects.controlLimits, seq: 1, time: START, data: limits })
  const trader = random.pick(TRADERS.slice(0, 4))
  decide(judge, tick(trader, 2, START))
  decide(judge, { subject: subjectOf(random), seq: 3, time: START + SECOND_MS, data })
  const after = decide(judge, tick(trader, 4, START + 2 * SECOND_MS))
  if (after.events.length !== 1) throw new Error(`the next tick of ${trader} has ${after.events.length} events`)
  const wakeAt = judge.wakeAt(trader, START + 3 * SECOND_MS)
  if (wakeAt !== null && !(wakeAt > START)) throw new Error(`${trader} is woken at ${wakeAt}`)
  return after.rejected ? refused('the next tick is rejected') : parsed(after.events)
}

function tick(trader: string, seq: number, time: number): InputMessage {
  return { subject: subjects.tick(trader), seq, time, data: toJsonBytes({ equity: 1000, seq }) }
}

function decide(judge: OfflineJudge, input: InputMessage): Judgement {
  const judgement = judge.judge(input)
  for (const event of judgement.events) {
    storedEvent(event)
    judge.take(event)
  }
  return judgement
}

function subjectOf(random: Random): string {
  const trader = random.pick(TRADERS)
  switch (random.between(0, 7)) {
    case 0:
      return random.pick(SUBJECTS)
    case 1:
      return subjects.controlFlags
    case 2:
      return subjects.controlLimits
    case 3:
      return subjects.control(random.pick(TRADER_COMMANDS), trader)
    case 4:
      return subjects.command(random.pick(USERS), random.pick(OPERATOR_COMMANDS), trader)
    case 5:
      return random.pick(USERS.flatMap((user) => [subjects.commandFlags(user), subjects.commandLimits(user)]))
    default:
      return subjects.tick(trader)
  }
}
