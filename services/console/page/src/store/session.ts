import { computed, signal } from '@preact/signals'
import { ask, useCsrf, whenRefused } from '../api/ask.ts'

const ROLES = ['read', 'operate', 'admin'] as const
export type Role = (typeof ROLES)[number]

export interface Session {
  /** Whether the console needs a token. */
  readonly required: boolean
  readonly name: string | null
  readonly role: Role | null
  readonly expires: string | null
  readonly csrf: string | null
}

/** Null: not known yet. */
export const session = signal<Session | null>(null)
/** Why it is not known; null: it is, or is being asked. */
export const sessionFault = signal<string | null>(null)
export const isIn = computed(() => session.value !== null && session.value.role !== null)

/** Whether the reader may do what needs that role: nobody is shown a button that will fail. */
export function mayAct(needed: Role): boolean {
  const role = session.value?.role ?? null
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

export async function readSession(): Promise<void> {
  const answer = await ask<Session>('/api/session')
  if (answer.ok) become(answer.body)
  else sessionFault.value = answer.message
}
whenRefused(() => void readSession())

/** @returns why the token is refused; null: it is not */
export async function login(token: string): Promise<string | null> {
  const answer = await ask<Session>('/api/session', { method: 'POST', body: { token } })
  if (!answer.ok) return answer.message
  become(answer.body)
  return null
}

export async function logout(): Promise<void> {
  const answer = await ask<Session>('/api/session', { method: 'DELETE' })
  if (answer.ok) become(answer.body)
}

function become(value: Session): void {
  useCsrf(value.csrf)
  sessionFault.value = null
  session.value = value
}
