import { describe, expect, it } from 'vitest'
import { eventually } from '../src/eventually.ts'

describe('eventually', () => {
  it('gives the first truthy value', async () => {
    let asked = 0
    const value = await eventually(() => (++asked < 3 ? null : `asked ${asked} times`), { what: 'three questions' })
    expect(value).toBe('asked 3 times')
  })

  it('counts an error as "not yet"', async () => {
    let asked = 0
    const value = await eventually(
      async () => {
        if (++asked < 2) throw new Error('too early')
        return asked
      },
      { what: 'the second question' },
    )
    expect(value).toBe(2)
  })

  it('says what it waited for and the last value', async () => {
    const waiting = eventually(() => 0, { timeoutMs: 20, what: 'a row in the history' })
    await expect(waiting).rejects.toThrow('waited 20 ms for a row in the history; the last value was 0')
  })

  it('says the last error, and keeps it as the cause', async () => {
    const refused = new Error('connection refused')
    const waiting = eventually(() => Promise.reject(refused), { timeoutMs: 20, what: 'the database' })
    await expect(waiting).rejects.toMatchObject({
      message: 'waited 20 ms for the database; the last error was: connection refused',
      cause: refused,
    })
  })

  it('does not wait for a condition that never settles', async () => {
    const waiting = eventually(() => new Promise<boolean>(() => {}), { timeoutMs: 20, what: 'an answer' })
    await expect(waiting).rejects.toThrow('the condition gave no answer')
  })
})
