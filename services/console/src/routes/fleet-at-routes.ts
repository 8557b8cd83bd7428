import { formatInstant, TRADER_ID_PATTERN } from '@drawbridge/contracts'
import { type HistoryReader, type LimitAt, readExtent, readStatesAt, type TraderAt } from '@drawbridge/history/reads'
import type { HttpServer } from '@drawbridge/service-kit'
import Type from 'typebox'
import { type LimitLine, roomsOf } from '../core/room-left.ts'
import { extentAnswer, fleetAtAnswer } from './history-answers.ts'
import { instantIn } from './history-span.ts'
import { readHistory } from './read-history.ts'

const config = { access: 'read' } as const
const tags = ['history']
const PAGE = { usual: 500, max: 1_000 }
const querystring = Type.Object({
  at: Type.String({ description: 'a time with a zone' }),
  after: Type.Optional(Type.String({ pattern: TRADER_ID_PATTERN, description: 'the id of a trader' })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: PAGE.max, description: `a whole number, 1 to ${PAGE.max}` }),
  ),
})

/** The fleet as it was. */
export function addFleetAtRoutes(server: HttpServer, reader: HistoryReader): void {
  const whole = { summary: 'From when to when the history goes', tags, response: extentAnswer }
  server.get('/api/history/extent', { config, schema: whole }, () =>
    readHistory(reader, async (select) => (await readExtent(select, null)) ?? { begins: null, ends: null }),
  )

  const summary = 'The traders as they were at an instant, sorted by id'
  const schema = { summary, tags, querystring, response: fleetAtAnswer }
  server.get('/api/history/traders', { config, schema }, (request) => {
    const { after = '', limit = PAGE.usual } = request.query
    const at = instantIn('at', request.query.at)
    return readHistory(reader, async (select) => {
      const { traders, next } = await readStatesAt(select, at, after, limit)
      return { at: formatInstant(at), traders: traders.map(withRooms), next }
    })
  })
}

/** The limits as the fleet of now has them. */
function withRooms({ limits, ...trader }: TraderAt) {
  return { ...trader, limits: roomsOf(limits.map(lineOf)) }
}

function lineOf({ name, measure, reference, line, blocksAt, room, active, uncomputable }: LimitAt): LimitLine {
  return {
    name,
    ...(measure === 'profit' ? { measure } : {}),
    reference,
    line,
    blocksAt,
    room,
    ...(active ? {} : { active }),
    ...(uncomputable === null ? {} : { uncomputable }),
  }
}
