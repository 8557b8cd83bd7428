import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startConsole } from '@drawbridge/console'
import { type ServiceHere, startHere } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const PACKAGE = fileURLToPath(new URL('../clients/python/', import.meta.url))
const run = promisify(execFile)

/** The Pythons of this machine; the tests run with each. */
const pythons = ['python3', '/usr/bin/python3'].flatMap((command) => {
  const { stdout, status } = spawnSync(command, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' })
  return status === 0 ? [stdout.trim()] : []
})
const interpreters = [...new Set(pythons)]
if (interpreters.length === 0) console.log('skipped: the client in Python, because this machine has no python3')

/** Each interpreter has bots of its own: those of the one before are paused. */
const botsOf = (python: string) => `python_${interpreters.indexOf(python)}_`
const TRADERS = Object.fromEntries(
  interpreters.flatMap((python) => [0, 1, 2, 3].map((number) => [botsOf(python) + number, {}])),
)

let scene: Scene
let trader: ServiceHere
let console_: ServiceHere
let folder: string

beforeAll(async () => {
  scene = await Scene.open({ traders: TRADERS })
  await scene.start('risk-guardian')
  console_ = await startHere(startConsole, { NATS_URL: scene.natsUrl, CONSOLE_PORT: '0' }, { traders: TRADERS })
  trader = await scene.start('trader')
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-python-'))
})
afterAll(async () => {
  await trader?.stop()
  await console_?.stop()
  await scene?.close()
  await rm(folder, { recursive: true, force: true })
})

describe.skipIf(interpreters.length === 0)('the client in Python', () => {
  test.for(interpreters)('passes its tests against the running system, with %s', async (python) => {
    const env = {
      ...process.env,
      PYTHONPATH: path.join(PACKAGE, 'src'),
      PYTHONDONTWRITEBYTECODE: '1',
      DRAWBRIDGE_TEST_URL: await trader.url(),
      DRAWBRIDGE_TEST_CONSOLE: await console_.url(),
      DRAWBRIDGE_TEST_BOTS: botsOf(python),
    }
    const { stderr } = await run(python, ['-m', 'unittest', 'discover', '-s', 'tests'], { cwd: PACKAGE, env })

    expect(stderr.trim().split('\n').at(-1)).toBe('OK')
    expect(Number(/^Ran (\d+) tests/m.exec(stderr)?.[1])).toBeGreaterThanOrEqual(44)
  })

  test.for(interpreters)(
    'is built as a wheel without a network, and works from it, with %s',
    async (python, { skip }) => {
      const wheels = path.join(folder, path.basename(path.dirname(python)), 'wheels')
      const target = path.join(folder, path.basename(path.dirname(python)), 'installed')
      if (spawnSync(python, ['-m', 'pip', '--version']).status !== 0) {
        console.log(`skipped: the wheel with ${python}, because it has no pip`)
        return skip('no pip')
      }
      await run(python, ['-m', 'pip', 'wheel', '--no-index', '--no-deps', '-w', wheels, PACKAGE])
      const [wheel = ''] = await readdir(wheels)
      expect(wheel).toMatch(/^drawbridge_client-[\d.]+-py3-none-any\.whl$/)
      await run(python, ['-m', 'pip', 'install', '--no-index', '--target', target, path.join(wheels, wheel)])

      const script =
        'import drawbridge_client as d; print(d.__file__); print(d.Gate("bot1", "http://127.0.0.1:1").can_trade().code)'
      const { stdout } = await run(python, ['-c', script], { cwd: folder, env: { ...process.env, PYTHONPATH: target } })
      expect(stdout.trim().split('\n')).toEqual([path.join(target, 'drawbridge_client/__init__.py'), 'unknown'])
      expect(await readdir(path.join(target, 'drawbridge_client'))).toContain('py.typed')
    },
  )

  test('is fully typed, by mypy where it is there', ({ skip }) => {
    const mypy = process.env.MYPY ?? 'mypy'
    const { error, status, stdout } = spawnSync(mypy, [], { cwd: PACKAGE, encoding: 'utf8' })
    if (error !== undefined) {
      console.log('skipped: the types of the client in Python, because this machine has no mypy; name one with MYPY')
      return skip('no mypy')
    }
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Success') })
  })
})
