import type { FastifyInstance } from 'fastify'
import { HttpFault, pathOf } from './errors.ts'

/** A path, or a whole address, as a proxy asks. */
const TARGET = /^(\/|https?:\/\/)/i

/** Refuses a request for what is no path: the router looks at no first character, and takes a star for the page. */
export function refuseOtherTargets(server: FastifyInstance): void {
  server.addHook('onRequest', async ({ raw: { url = '' } }) => {
    if (TARGET.test(url)) return
    throw new HttpFault(400, 'invalid-path', `the path ${pathOf(url)} is not valid: it must begin with a slash`)
  })
}
