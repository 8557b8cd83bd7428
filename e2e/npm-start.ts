import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../scripts/cli/main.ts', import.meta.url))
const START = fileURLToPath(new URL('../scripts/start.ts', import.meta.url))

/** How an account has done; decimals. */
export interface Outcome {
  readonly equity: string
  readonly deepestDrawdown: string
  readonly daysStopped: number
}

/** The last line of `npm start -- --once --json`. */
export interface StartResult {
  readonly traders: Readonly<
    Record<
      string,
      {
        readonly ticks: number
        readonly events: number
        readonly historyRows: number
        readonly account: Readonly<Record<'with' | 'without', Outcome>>
        readonly breaches: readonly { date: string; rules: string[]; until: string | null }[]
      }
    >
  >
  readonly seconds: number
}

/** A run of `npm start`, with its data in a separate folder. */
export interface StartRun {
  readonly child: ChildProcess
  readonly exited: Promise<{ code: number | null; stdout: string; stderr: string }>
  stdout(): string
  stderr(): string
}

export async function makeWorkFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'drawbridge-e2e-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

export function runStart(folder: string, args: readonly string[], env: Readonly<Record<string, string>>): StartRun {
  return runNode(folder, [START, ...args], { HOME: process.env.HOME ?? '', ...env })
}

/** The drawbridge command as a user types it in that folder. */
export function drawbridgeIn(folder: string, args: readonly string[]): StartRun['exited'] {
  return runNode(folder, ['--no-deprecation', CLI, ...args], {}).exited
}

function runNode(folder: string, args: readonly string[], env: Readonly<Record<string, string>>): StartRun {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const exited = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { child, exited, stdout: () => stdout, stderr: () => stderr }
}

/** @throws with its whole output, if it failed */
export async function resultOf(run: StartRun): Promise<StartResult> {
  const { code, stdout, stderr } = await run.exited
  if (code !== 0) throw new Error(`npm start ended with ${code}:\n${stdout}\n${stderr}`)
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as StartResult
}
