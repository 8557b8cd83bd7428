import { Writable } from 'node:stream'
import { createLogger, Lifecycle, type Logger } from '@drawbridge/service-kit'
import { type Config, loadConfig } from '@drawbridge/settings'
import { type LogLine, LogLines } from './log-line.ts'

/** What the package of a service has to start it: it stops with the lifecycle. Gives the TCP port of its HTTP server. */
export type StartService = (config: Config, log: Logger, lifecycle: Lifecycle) => Promise<number>

/** A service in this process. */
export interface ServiceHere {
  /** Its address, `http://127.0.0.1:<port>`. */
  readonly url: () => Promise<string>
  /** Stops it, and waits until it has let go of everything. Stopping twice is safe. */
  readonly stop: () => Promise<void>
  /** What it gave up with; pending for one that goes on. It has stopped by then. */
  readonly failed: Promise<Error>
  /** What it has logged. */
  readonly lines: () => readonly LogLine[]
}

const running = new Set<Lifecycle>()

/**
 * Starts a service here, as its `service.ts` does: it is there some hundred milliseconds sooner than as a process. Who
 * wants to kill it, or to see how it exits, spawns it.
 * @param env its HTTP port is any free one where that does not say otherwise
 * @param file as `config.json` has it
 * @throws where its settings are not valid, and where it does not start; nothing of it runs then
 */
export async function startHere(
  start: StartService,
  env: Readonly<Record<string, string>>,
  file: object | null = null,
): Promise<ServiceHere> {
  // It shares its event loop with the test and whatever else runs here, and is not refused to be asked meanwhile.
  const usual = { TRADER_PORT: '0', RISK_GUARDIAN_PORT: '0', PERSISTER_PORT: '0', HTTP_BUSY_AFTER_MS: '60000' }
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
