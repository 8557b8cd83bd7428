import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blockByStop } from '../../src/adapters/stopping/block-by-stop.ts'
import { StopNote } from '../../src/adapters/stopping/stop-note.ts'
import type { Failure } from '../../src/core/failure.ts'

const REQUEST = { reason: 'news', until: null }
const never = new AbortController().signal

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stopping-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Something that can be stopped, and how it answers. */
class Machine {
  isRunning = true
  /** Agrees and does nothing. */
  isDeaf = false
  answer: Failure | null = null
  readonly told: string[] = []

  look = async () => ({
    kind: 'parts' as const,
    running: this.isRunning ? ['bot'] : [],
    stopped: this.isRunning ? [] : ['bot'],
  })
  stop = () => this.#tell('stop', false)
  start = () => this.#tell('start', true)

  async #tell(what: string, isRunning: boolean) {
    this.told.push(what)
    if (this.answer !== null) return this.answer
    if (!this.isDeaf) this.isRunning = isRunning
    return { kind: 'asked' as const }
  }
}

const note = (marker = 'drawbridge:a') => new StopNote(path.join(folder, 'note.json'), marker, 'bot')
const acting = (machine: Machine, of = note()) => {
  const { block, unblock } = blockByStop(machine, of, 1)
  if (block === null || unblock === null) throw new Error('it can')
  return { block: () => block(REQUEST, never), unblock: () => unblock(never) }
}

test('what was stopped is started once, and a repeated block changes nothing', async () => {
  const machine = new Machine()
  const { block, unblock } = acting(machine)

  expect(await block()).toEqual({ kind: 'blocked', until: null, changed: true })
  expect(await block()).toEqual({ kind: 'blocked', until: null, changed: false })
  expect(await unblock()).toEqual({ kind: 'unblocked', changed: true })
  expect(await unblock()).toEqual({ kind: 'unblocked', changed: false })
  expect(machine.told).toEqual(['stop', 'start'])
  expect(await readdir(folder)).toEqual([])
})

test('what a person started during a pause is stopped again, and started at the end', async () => {
  const machine = new Machine()
  const { block, unblock } = acting(machine)
  await block()
  machine.isRunning = true
  await block()
  await unblock()

  expect(machine.told).toEqual(['stop', 'stop', 'start'])
})

test('a stop that was refused is forgotten, so that a person who stops it then is obeyed', async () => {
  const machine = new Machine()
  const { block, unblock } = acting(machine)
  machine.answer = { kind: 'refused', reason: 'no right' }
  expect(await block()).toEqual(machine.answer)

  machine.answer = null
  machine.isRunning = false
  expect(await unblock()).toEqual({ kind: 'unblocked', changed: false })
  expect(machine.told).toEqual(['stop'])
})

test('a stop without an answer may have been ours, so it is started at the end', async () => {
  const machine = new Machine()
  const { block, unblock } = acting(machine)
  machine.answer = { kind: 'temporary', reason: 'the connection was cut' }
  await block()
  machine.answer = null
  machine.isRunning = false

  expect(await block()).toEqual({ kind: 'blocked', until: null, changed: false })
  expect(await unblock()).toEqual({ kind: 'unblocked', changed: true })
})

test.each(['block', 'unblock'] as const)('a %s that is agreed to and not done is a failure', async (what) => {
  const machine = new Machine()
  const calls = acting(machine)
  if (what === 'unblock') await calls.block()
  machine.isDeaf = true

  expect(await calls[what]()).toMatchObject({
    kind: 'temporary',
    reason: expect.stringContaining('nothing has changed'),
  })
  machine.isDeaf = false
  expect(await calls[what]()).toMatchObject({ changed: true })
})

test('a note of another connector is refused and kept', async () => {
  const machine = new Machine()
  await acting(machine, note('drawbridge:b')).block()

  expect(await acting(machine).unblock()).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('give each connector a file of its own'),
  })
  expect(machine.told).toEqual(['stop'])
})

test('a note that is no JSON is refused, and nothing is started', async () => {
  await writeFile(path.join(folder, 'note.json'), '{"marker')
  const machine = new Machine()
  expect(await acting(machine).unblock()).toMatchObject({ kind: 'refused' })
  expect(machine.told).toEqual([])
})

test('without a place for the note nothing is stopped', async () => {
  const machine = new Machine()
  const nowhere = new StopNote(path.join(folder, 'none', 'note.json'), 'drawbridge:a', 'bot')
  expect(await acting(machine, nowhere).block()).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('cannot be written (ENOENT)'),
  })
  expect(machine.told).toEqual([])
})
