import { Writable } from 'node:stream'
import { createLogger, Lifecycle, type Logger } from '@drawbridge/service-kit'
import { type Config, loadConfig } from '@drawbridge/settings'
import { type LogLine, LogLines } from './service-process.ts'

/** The start function of a service's package. It stops with the lifecycle. Returns the TCP port of its HTTP server. */
export type StartService = (config: Config, log: Logger, lifecycle: Lifecycle) => Promise<number>

/** A service in this process. */
export interface ServiceHere {
  /** Its address, `http://127.0.0.1:<port>`. */
  readonly url: () => Promise<string>
  /** Stops it, and waits until it has released everything. Stopping twice is safe. */
  readonly stop: () => Promise<void>
  /** The error that it failed with, after it has stopped; pending while it runs. */
  readonly failed: Promise<Error>
  /** Its log. */
  readonly lines: () => readonly LogLine[]
}

const running = new Set<Lifecycle>()

/**
 * Starts a service in this process, as its `main.ts` does: some hundred milliseconds faster than a separate process. To
 * kill it, or to see how it exits, spawn it instead.
 * @param env its HTTP port is any free one, unless given
 * @param file the content of `config.json`
 * @throws if its settings are not valid or it does not start; then nothing of it is left running
 */
export async function startHere(
  start: StartService,
  env: Readonly<Record<string, string>>,
  file: object | null = null,
): Promise<ServiceHere> {
  // It shares its event loop with the test, so it must not refuse requests when the loop is late.
  const usual = {
    TRADER_PORT: '0',
    RISK_GUARDIAN_PORT: '0',
    PERSISTER_PORT: '0',
    CONNECTOR_PORT: '0',
    HTTP_BUSY_AFTER_MS: '60000',
  }
  const config = loadConfig({ ...usual, ...env }, file === null ? null : JSON.stringify(file))
  if (!config.ok) throw new Error(config.reason)
  const lines = new LogLines()
  const log = createLogger('test', config.value.logLevel, writerTo(lines))
  const lifecycle = new Lifecycle(log)
  const { promise: failed, resolve } = Promise.withResolvers<Error>()
  lifecycle.fail = (error) => {
    if (!lifecycle.stopping.aborted) void lifecycle.stop().then(() => resolve(error))
  }
  running.add(lifecycle)
  try {
    const port = await start(config.value, log, lifecycle)
    return {
      url: async () => `http://127.0.0.1:${port}`,
      stop: () => lifecycle.stop(),
      failed,
      lines: () => lines.all,
    }
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

/** Stops every service that was started here. */
export async function stopServicesHere(): Promise<void> {
  const stopped = [...running].map((lifecycle) => lifecycle.stop())
  running.clear()
  await Promise.all(stopped)
}

function writerTo(lines: LogLines): Writable {
  return new Writable({
    write: (line: Buffer, _encoding, done) => {
      lines.add(line.toString())
      done()
    },
  })
}
