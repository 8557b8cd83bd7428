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
/** What holds before the log says anything. */
const BUILT_IN = { enable_risk_enforcement: true, enable_persistence: true, version: 0 }

/** The flags, by the names and the path that they have in the original. */
export function addFlagRoutes(server: HttpServer, parts: OperatorParts): void {
  const read = { summary: 'The flags in force, and who changed them last', tags, response: flagsAnswer }
  server.get(PATH, { config: { access: 'read' }, schema: read }, async () => {
    const newest = await parts.reader.last('flags')
    return (newest === null ? null : configurationInForce(newest.data)) ?? BUILT_IN
  })

  const change = {
    summary: 'Changes the flags that it names, without a restart of anything',
    tags,
    body: bodies.flags,
    response: flagsCommandAnswer,
  }
  server.post(PATH, { config: { access: 'admin' }, schema: change }, (request, reply) => {
    const command = validCommand(flagsCommand(request.body, nameOf(request)))
    return answerCommand(parts, command, request, reply)
  })
}
