import { createLogger, Lifecycle } from '@drawbridge/service-kit'
import { expect, test } from 'vitest'

const log = createLogger('test', 'silent')

test('what was acquired is let go of in reverse order, once', async () => {
  const released: string[] = []
  const lifecycle = new Lifecycle(log)
  for (const what of ['first', 'second']) lifecycle.onStop(what, () => void released.push(what))

  await Promise.all([lifecycle.stop(), lifecycle.stop()])

  expect(released).toEqual(['second', 'first'])
})

test('what a start acquires after it was given up is let go of at once', async () => {
  const released: string[] = []
  const lifecycle = new Lifecycle(log)
  await lifecycle.stop()

  lifecycle.onStop('late', () => void released.push('late'))

  expect(released).toEqual(['late'])
})
