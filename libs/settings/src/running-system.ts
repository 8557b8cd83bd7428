import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Place, pathFrom } from './place.ts'
import { processIdentity } from './process-identity.ts'

// Exported separately from the rest of this library: commands read it before any setting.

export { processIdentity }

/** The folders of `npm start`: the demo and the user's own system keep their data apart. */
export const DATA_FOLDERS = { demo: 'data/demo', own: 'data/system', earlier: 'data' } as const
const NAME = 'running.json'

/** Variables that say where a running system is, and that commands need beside it. */
const TOLD =
  /^(NATS_|DATABASE_|DB_|CONFIG_FILE$|(CONSOLE|TRADER|RISK_GUARDIAN|PERSISTER|CONNECTOR|NOTIFIER)_(HOST|PORT)$|HTTP_TLS_CERT_FILE$)/
/** Variables that name servers. Whoever sets another value means another system. */
const SERVERS = /^(NATS_URL|DATABASE_URL|DATABASE_URL_FILE|DB_[A-Z_]+)$/

/** A system that `npm start` runs, as it is told to commands in the same folder. */
interface RunningSystem {
  readonly process: { readonly pid: number; readonly identity: string }
  readonly env: Readonly<Record<string, string>>
}

/**
 * Tells commands where this process runs a system. The file holds passwords: only its owner can read it.
 * @param env the variables of its services
 * @param known names of variables that are settings
 */
export function tellRunning(folder: string, env: NodeJS.ProcessEnv, known: readonly string[]): void {
  const told = known.flatMap((name) => (TOLD.test(name) && env[name] ? [[name, env[name] as string] as const] : []))
  const self = { pid: process.pid, identity: processIdentity(process.pid) ?? '' }
  const file = path.join(folder, NAME)
  rmSync(`${file}.new`, { force: true })
  const system: RunningSystem = { process: self, env: Object.fromEntries(told) }
  writeFileSync(`${file}.new`, JSON.stringify(system), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export function untellRunning(folder: string): void {
  rmSync(path.join(folder, NAME), { force: true })
}

/** What was found beside the settings of a command, for people; null: nothing to say. */
export type Notice = string | null

/**
 * Adds to an environment where the system runs that `npm start` runs in this folder, unless the environment names other
 * servers. With a config.json that is the user's system; without one the demo.
 * @param namesServers whether config.json names servers
 */
export function findRunning(place: Place, namesServers: boolean): Notice {
  const { env, cwd } = place
  const hasOwn = Boolean(env.CONFIG_FILE) || existsSync(pathFrom(cwd, 'config.json'))
  const own = [DATA_FOLDERS.own, DATA_FOLDERS.earlier] as const
  const folders = hasOwn ? [...own, DATA_FOLDERS.demo] : [DATA_FOLDERS.demo, ...own]
  const found = folders.flatMap((folder) => {
    const system = readRunning(pathFrom(cwd, `${folder}/${NAME}`))
    return system === null ? [] : [{ folder, system, isDemo: folder === DATA_FOLDERS.demo }]
  })
  const live = found.filter(({ system }) => processIdentity(system.process.pid) === system.process.identity)
  const [use] = live
  if (use === undefined) return namesOthers(env, {}) || namesServers ? null : staleNotice(found[0])
  const { folder, system, isDemo } = use
  if (namesOthers(env, system.env) || (isDemo && hasOwn && namesServers)) return null
  const isUsual = isDemo !== hasOwn
  for (const [name, value] of Object.entries(system.env)) {
    // The other system has settings of its own; those of this folder stay.
    if (name !== 'CONFIG_FILE' || isUsual) env[name] ||= value
  }
  return isUsual ? null : `Using the system that npm start runs on ./${folder}.`
}

function namesOthers(env: NodeJS.ProcessEnv, told: Readonly<Record<string, string>>): boolean {
  return Object.entries(env).some(([name, value]) => SERVERS.test(name) && value !== '' && value !== told[name])
}

function staleNotice(stale: { readonly folder: string; readonly system: RunningSystem } | undefined): Notice {
  if (stale === undefined) return null
  const { folder, system } = stale
  return (
    `npm start (process ${system.process.pid}) no longer runs: ./${folder}/${NAME} is left of it. ` +
    'Run npm start again, or set NATS_URL and DATABASE_URL.'
  )
}

/** Null: there is none, or it cannot be read. */
function readRunning(file: string): RunningSystem | null {
  try {
    const { process: at, env } = JSON.parse(readFileSync(file, 'utf8')) as Partial<RunningSystem>
    const isRead = Number.isSafeInteger(at?.pid) && typeof at?.identity === 'string' && typeof env === 'object'
    return isRead ? ({ process: at, env } as RunningSystem) : null
  } catch {
    return null
  }
}
