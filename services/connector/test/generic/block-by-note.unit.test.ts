import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blockByNote, type EntrySwitch, type Switched } from '../../src/adapters/generic/block-by-note.ts'
import { StopNote } from '../../src/adapters/stopping/stop-note.ts'
import type { Failure } from '../../src/core/failure.ts'

const REQUEST = { reason: 'news', until: null }
const LOST: Failure = { kind: 'temporary', reason: 'the connection was cut' }
const never = new AbortController().signal
const blocked = (changed: boolean) => ({ kind: 'blocked', until: null, changed })
const unblocked = (changed: boolean) => ({ kind: 'unblocked', changed })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'noting-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** One switch for everybody. */
class Desk implements EntrySwitch {
  isClosed = false
  /** Whether it says what changed. */
  isTelling = true
  /** What comes instead of the next answers to a block. */
  readonly instead: { readonly answer: Failure; readonly isDone: boolean }[] = []
  readonly told: string[] = []

  block = () => this.#turn('block', true, this.instead.shift())
  unblock = () => this.#turn('unblock', false, undefined)

  async #turn(
    call: string,
    isClosed: boolean,
    instead: Desk['instead'][number] | undefined,
  ): Promise<Switched | Failure> {
    this.told.push(call)
    const changed = !this.isTelling || this.isClosed !== isClosed
    if (instead?.isDone !== false) this.isClosed = isClosed
    return instead?.answer ?? { kind: 'switched', changed, until: null }
  }
}

/** A process of the connector: each has what the file says alone. */
function starting(desk: Desk, marker = 'drawbridge:a') {
  const calls = blockByNote(desk, new StopNote(path.join(folder, 'note.json'), marker, 'a'))
  return { block: () => calls.block(REQUEST, never), unblock: () => calls.unblock(never) }
}

test('what was blocked by us is allowed again once, also after a restart, and nothing is left of it', async () => {
  const desk = new Desk()
  const { block } = starting(desk)
  expect(await block()).toEqual(blocked(true))
  expect(await block()).toEqual(blocked(false))

  const { unblock } = starting(desk)
  expect(await unblock()).toEqual(unblocked(true))
  expect(await unblock()).toEqual(unblocked(false))
  expect(desk.told).toEqual(['block', 'block', 'unblock'])
  expect(await readdir(folder)).toEqual([])
})

test('where nothing was blocked by us, nothing is sent', async () => {
  const desk = new Desk()
  desk.isClosed = true
  expect(await starting(desk).unblock()).toEqual(unblocked(false))
  expect(desk.told).toEqual([])
})

test('what a person closed before our block stays closed, however often we block', async () => {
  const desk = new Desk()
  desk.isClosed = true
  const { block, unblock } = starting(desk)
  expect(await block()).toEqual(blocked(false))
  expect(await block()).toEqual(blocked(false))
  expect(await starting(desk).unblock()).toEqual(unblocked(false))
  expect(await unblock()).toEqual(unblocked(false))
  expect(desk.isClosed).toBe(true)
})

test('what a person opened during a pause is blocked by us then, and allowed at the end', async () => {
  const desk = new Desk()
  desk.isClosed = true
  const { block, unblock } = starting(desk)
  await block()
  desk.isClosed = false
  expect(await block()).toEqual(blocked(true))
  expect(await unblock()).toEqual(unblocked(true))
})

test('an other side that does not say what changed is allowed again where the note says so', async () => {
  const desk = new Desk()
  desk.isTelling = false
  expect(await starting(desk).unblock()).toEqual(unblocked(false))
  await starting(desk).block()
  await starting(desk).unblock()
  expect(desk.told).toEqual(['block', 'unblock'])
})

test('a block that never arrived is found out by another one, and leaves entries allowed', async () => {
  const desk = new Desk()
  desk.instead.push({ answer: LOST, isDone: false })
  expect(await starting(desk).block()).toEqual(LOST)
  expect(await starting(desk).unblock()).toEqual(unblocked(true))
  expect(desk.isClosed).toBe(false)
})

test('where the answer to a block was lost, entries stay blocked, and a person is asked to allow them', async () => {
  const desk = new Desk()
  desk.instead.push({ answer: LOST, isDone: true })
  const { block, unblock } = starting(desk)
  await block()
  expect(await block()).toEqual(blocked(false))
  expect(await unblock()).toMatchObject({ kind: 'unusable', reason: expect.stringContaining('by hand') })
  expect(await starting(desk).unblock()).toMatchObject({ kind: 'unusable' })
  expect(desk.told).not.toContain('unblock')

  desk.isClosed = false
  expect(await unblock()).toEqual(unblocked(true))
  expect(desk.isClosed).toBe(false)
  expect(await readdir(folder)).toEqual([])
})

test('a block that was refused is forgotten, so that a person who closes then is obeyed', async () => {
  const desk = new Desk()
  const no: Failure = { kind: 'refused', reason: 'no right' }
  desk.instead.push({ answer: no, isDone: false })
  const { block, unblock } = starting(desk)
  expect(await block()).toEqual(no)
  desk.isClosed = true
  expect(await unblock()).toEqual(unblocked(false))
  expect(desk.told).toEqual(['block'])
})

test('where no note can be written, entries are blocked all the same and operators are told', async () => {
  await mkdir(path.join(folder, 'note.json.new'))
  const desk = new Desk()
  const { block, unblock } = starting(desk)
  const told = { kind: 'unusable', reason: expect.stringContaining('cannot be written (EISDIR)') }
  expect(await block()).toMatchObject(told)
  expect(await block()).toMatchObject(told)
  expect(desk.isClosed).toBe(true)
  expect(await unblock()).toEqual(unblocked(true))
  expect(desk.isClosed).toBe(false)
})

test.each([
  ['of another connector', '{"marker":"drawbridge:b","of":"a","parts":["blocked"]}'],
  ['that is no JSON', '{"marker'],
])('with a note %s entries are blocked, and not allowed again by us', async (_which, text) => {
  await writeFile(path.join(folder, 'note.json'), text)
  const desk = new Desk()
  const { block, unblock } = starting(desk)
  const told = { kind: 'unusable', reason: expect.stringContaining('give each connector a file of its own') }
  expect(await block()).toMatchObject(told)
  expect(await unblock()).toMatchObject(told)
  expect(desk.isClosed).toBe(true)
})
