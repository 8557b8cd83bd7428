import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** A login that is in force. */
export interface LoginSession {
  readonly id: string
  readonly sha256: Buffer
  readonly csrf: string
  readonly expires: number
}

export const CSRF_HEADER = 'x-csrf-token'
const READING: readonly string[] = ['GET', 'HEAD']

/** Whether a request that its cookie identifies was made by a page of this origin. */
export function isOfOwnPage({ method, headers }: FastifyRequest, { csrf }: LoginSession): boolean {
  if (READING.includes(method)) return true
  const given = Buffer.from(String(headers[CSRF_HEADER] ?? ''))
  const wanted = Buffer.from(csrf)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
