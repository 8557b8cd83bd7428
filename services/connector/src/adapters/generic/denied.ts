import { isRecord } from './is-record.ts'

/** Fields that say by `false` that nothing was done or read. */
const DONE = ['ok', 'success'] as const
/** What stands in `error` where there is none. */
const NO_ERROR: readonly unknown[] = [undefined, null, false, 0, '']

/** Why an answer is a success around a failure, like `{"ok": false, "reason": "..."}` and `{"error": "..."}`; null: it is none. */
export function denialIn(body: unknown): string | null {
  if (!isRecord(body)) return null
  const { error, reason, message } = body
  const isError = !NO_ERROR.includes(error) && !(Array.isArray(error) && error.length === 0)
  const field = DONE.find((one) => body[one] === false)
  if (!isError && field === undefined) return null
  const said = isError ? error : (reason ?? message)
  return `it answers ${field === undefined ? 'an "error"' : `"${field}": false`}: ${inWords(said ?? 'without a reason')}`
}

/** What another side says, which should be text. */
export function inWords(said: unknown): string {
  return typeof said === 'string' ? said : (JSON.stringify(said) ?? 'nothing')
}
