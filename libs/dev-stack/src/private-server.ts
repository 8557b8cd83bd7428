import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunOptions } from './run-command.ts'
import {
  removeServerRecord,
  type ServerName,
  STOP_SIGNALS,
  STOP_WITHIN_MS,
  writeServerRecord,
} from './stop-leftovers.ts'

/** A private server, on 127.0.0.1 only. */
export interface PrivateServer {
  readonly url: string
  readonly port: number
  /** Stops it and waits until it has ended. Stopping twice is safe. */
  readonly stop: () => Promise<void>
  /** Resolves when it has ended, by {@link stop} or by itself, with the reason and the end of its log. */
  readonly ended: Promise<string>
}

export interface PrivateServerOptions {
  /** Holds data, logs and process records of all servers of one stack; created if missing. */
  readonly dataDir: string
  /** TCP port on 127.0.0.1; it must be free. */
  readonly port: number
  /** Called with steps that take long, for people to read. */
  readonly log?: (message: string) => void
}

export interface Program extends RunOptions {
  readonly command: string
  readonly args: readonly string[]
}

/** A started program, whose output goes to `<dataDir>/<name>.log`. */
export interface RunningProgram {
  /** Returns when `probe` returns true. A probe that throws stops the program. @throws with the end of its log when it ends or `withinMs` pass before. */
  readonly untilReady: (probe: () => Promise<boolean>, withinMs: number) => Promise<void>
  readonly stop: () => Promise<void>
  readonly ended: Promise<string>
}

/**
 * Starts a server in its own process group: Ctrl-C in a terminal must not reach it, because it is stopped last.
 * The log of the previous run is kept as `<name>.log.1`.
 */
export function startProgram(dataDir: string, name: ServerName, program: Program): RunningProgram {
  const logFile = path.join(dataDir, `${name}.log`)
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`)
  const output = openSync(logFile, 'w')
  const { command, args, ...options } = program
  const child = spawn(command, args, { ...options, cwd: dataDir, detached: true, stdio: ['ignore', output, output] })
  closeSync(output)
  if (child.pid !== undefined) writeServerRecord(dataDir, name, child.pid)

  let ended: string | null = null
  const exited = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      ended ??= reason
      removeServerRecord(dataDir, name)
      resolve()
    }
    child.once('exit', (code, signal) =>
      end(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`),
    )
    child.once('error', (error) => end(`could not be run: ${error.message}`))
  })

  const stop = async () => {
    if (ended === null) child.kill(STOP_SIGNALS[name])
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    await exited
    clearTimeout(timer)
  }
  const untilReady = async (probe: () => Promise<boolean>, withinMs: number) => {
    const deadline = Date.now() + withinMs
    try {
      while (ended === null && Date.now() < deadline) {
        if (await probe()) return
        await delay(25)
      }
    } catch (error) {
      await stop()
      throw error
    }
    const reason = ended ?? `did not answer within ${withinMs / 1000} s`
    await stop()
    throw new Error(`${name} ${reason}; the end of ${logFile}:\n${lastLines(logFile)}`)
  }
  const whole = exited.then(() => `${name} ${ended}; the end of ${logFile}:\n${lastLines(logFile)}`)
  return { untilReady, stop, ended: whole }
}

/** Handles a missing log: whoever stops a server may remove its folder before its end is noticed here. */
function lastLines(file: string): string {
  if (!existsSync(file)) return '(the log is gone)'
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n').slice(-2_000)
}
