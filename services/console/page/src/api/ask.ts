/** What the console answers; a refusal has its code and its words, which say what to do. */
export type Answer<T> =
  | { readonly ok: true; readonly status: number; readonly body: T; readonly etag: string | null }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly message: string }

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** What goes with each request that changes something; set at login. */
let csrf: string | null = null
let onRefused: () => void = () => undefined

export function useCsrf(value: string | null): void {
  csrf = value
}

/** @param listener called when the console no longer knows who asks */
export function whenRefused(listener: () => void): void {
  onRefused = listener
}

/** Never throws: a console that does not answer is an answer, too. */
export async function ask<T>(
  path: string,
  { method = 'GET', body, headers = {}, signal }: Asking = {},
): Promise<Answer<T>> {
  const secured = method === 'GET' || csrf === null ? {} : { 'x-csrf-token': csrf }
  const init = {
    method,
    headers: { ...headers, ...secured },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }
  try {
    const response = await fetch(path, init)
    const text = await response.text()
    if (response.ok)
      return { ok: true, status: response.status, body: JSON.parse(text), etag: response.headers.get('etag') }
    if (response.status === 401 && path !== '/api/session') onRefused()
    return { ok: false, status: response.status, ...refusalIn(text, response.status) }
  } catch {
    const message = 'the console does not answer; what you see may be old. Check that it runs, then try again'
    return { ok: false, status: 0, code: 'no-answer', message }
  }
}

function refusalIn(text: string, status: number): { readonly code: string; readonly message: string } {
  try {
    const { error } = JSON.parse(text) as { readonly error: { readonly code: string; readonly message: string } }
    return { code: error.code, message: error.message }
  } catch {
    return { code: 'unreadable', message: `the console answered ${status} without a reason` }
  }
}
