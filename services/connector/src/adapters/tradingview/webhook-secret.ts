import { createHash, timingSafeEqual } from 'node:crypto'

/** Shorter ones can be guessed; others need escapes in an address. */
const SECRET = /^[A-Za-z0-9_-]{20,100}$/

/** @throws where it is none */
export function checkSecret(secret: string): string {
  if (SECRET.test(secret)) return secret
  throw new Error(
    'the secret of the webhook (secret_file) must be 20 to 100 of A-Z, a-z, 0-9, "_" and "-": make one with "openssl rand -hex 32"',
  )
}

/** Takes as long for any answer, so that nobody finds the secret letter by letter. */
export function isSecret(told: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(told), digest(secret))
}
