/** What is told of an answer `{"ok": false, "reason": "..."}`: a success around a failure. */
export function deniedFor(reason: unknown): string {
  return `it answers "ok": false: ${reason === undefined || reason === null ? 'without a reason' : inWords(reason)}`
}

/** What another side says, which should be text. */
export function inWords(said: unknown): string {
  return typeof said === 'string' ? said : (JSON.stringify(said) ?? 'nothing')
}
