import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const EXAMPLES = join(ROOT, 'examples')
const bots = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((file) => /\.[a-z]+$/.test(file))
const ID = /Nats-Msg-Id|msg_?id/i

test('no example of a bot sends a message id: two that count would swallow the readings of each other', () => {
  const programs = bots.filter((file) => !file.endsWith('.md') && !file.includes('node_modules'))
  expect(programs.length).toBeGreaterThan(3)
  expect(programs.filter((file) => ID.test(readFileSync(join(EXAMPLES, file), 'utf8')))).toEqual([])
})

test('the documents say that a message id is random, and begins with the trader', () => {
  const events = readFileSync(join(ROOT, 'docs', 'events.md'), 'utf8')
  expect(events).toMatch(/Send no id, or a random one that begins with your trader/)
  const asyncapi = readFileSync(join(ROOT, 'docs', 'asyncapi.json'), 'utf8')
  // The only other id is that of a reject, which the guardian makes.
  const described = [...asyncapi.matchAll(/"Nats-Msg-Id": \{[^}]*\}/g)].map(([text]) => text)
  const ofSenders = described.filter((text) => !text.includes('The stream and the sequence that it came from'))
  expect(ofSenders).not.toEqual([])
  expect(ofSenders.filter((text) => !text.includes('never a bare counter'))).toEqual([])
})
