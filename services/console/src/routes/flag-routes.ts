import type { HttpServer } from '@drawbridge/service-kit'
import { flagsCommand } from '../core/command.ts'
import { configurationInForce } from '../core/wire.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { answerCommand } from './answer.ts'
import { flagsAnswer, flagsCommandAnswer } from './answers.ts'
import { nameOf, validCommand } from './asking.ts'
import { bodies } from './schemas.ts'

const PATH = '/api/feature_flags'
const tags = ['flags']
/** In force until the log has its own. */
const BUILT_IN = { enable_risk_enforcement: true, enable_persistence: true, version: 0 }

/** The flags, with the names and the path of NOFX. */
export function addFlagRoutes(server: HttpServer, parts: OperatorParts): void {
  const read = { summary: 'The flags in force, and who changed them last', tags, response: flagsAnswer }
  server.get(PATH, { config: { access: 'read' }, schema: read }, async () => {
    const newest = await parts.reader.last('flags')
    return (newest === null ? null : configurationInForce(newest.data)) ?? BUILT_IN
  })

  const change = {
    summary: 'Changes the named flags, without a restart',
    tags,
    body: bodies.flags,
    response: flagsCommandAnswer,
  }
  server.post(PATH, { config: { access: 'admin' }, schema: change }, (request, reply) => {
    const command = validCommand(flagsCommand(request.body, nameOf(request)))
    return answerCommand(parts, command, request, reply)
  })
}
