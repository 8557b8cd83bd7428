import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '@drawbridge/testing/random'
import type { MissingVersions } from './check/evidence.ts'
import { leaveNoRoom, makeRoom } from './disk.ts'
import type { ClientLog } from './load/client-log.ts'
import { mendInputs } from './mend-inputs.ts'
import { cutTail, flipBit, keepInSmallBlocks } from './store-damage.ts'
import type { Supervised } from './supervised.ts'
import type { ChaosSystem } from './system.ts'

/** What a fault needs. A fault returns when it is undone. */
interface FaultContext {
  readonly system: ChaosSystem
  readonly random: Random
  /** Reports what is done, with the time. */
  readonly say: (line: string) => void
  /** The client's record of the run; losses are added to it. */
  readonly log: ClientLog
}

export type Fault = (context: FaultContext) => Promise<void>

/** A disk stays full at least this long, so that something tries to write to it. */
const FULL_FOR_MS = 2_000
/** How long a service is down or frozen: longer than the lease in about half of all cases. */
const SHORTEST_MS = 500
const LONGEST_MS = 6_000
const ADOPTIONS_MAX = 3

export const faults = {
  'kill a guardian': (context) => killed([context.random.pick(context.system.guardians)], context),
  'kill all guardians': (context) => killed(context.system.guardians, context),
  'kill a persister': (context) => killed([context.random.pick(context.system.persisters)], context),
  'kill all persisters': (context) => killed(context.system.persisters, context),
  'kill the trader service': (context) => killed([context.system.trader], context),
  'kill NATS': async (context) => {
    await context.system.nats.kill()
    await delay(downMs(context))
    await context.system.nats.start()
  },
  'kill PostgreSQL': async (context) => {
    await context.system.databaseServer.kill()
    await delay(downMs(context))
    await context.system.databaseServer.start()
  },
  'kill everything': async (context) => {
    const { nats, databaseServer, services } = context.system
    const servers = async () => {
      await Promise.all([nats.kill(), databaseServer.kill()])
      await delay(downMs(context))
      await Promise.all([nats.start(), databaseServer.start()])
    }
    await Promise.all([servers(), killed(services, context)])
  },
  'freeze a guardian': (context) => frozen([context.random.pick(context.system.guardians)], context),
  'freeze all guardians': (context) => frozen(context.system.guardians, context),
  'freeze a persister': (context) => frozen([context.random.pick(context.system.persisters)], context),
  'freeze the trader service': (context) => frozen([context.system.trader], context),
  'freeze NATS': async (context) => {
    context.system.nats.holdUp()
    await delay(downMs(context))
    context.system.nats.goOn()
  },
  'fill the disk of NATS': async (context) => {
    const { nats, natsDisk } = context.system
    if ('missing' in natsDisk) return context.say(`skipped: ${natsDisk.missing}`)
    await leaveNoRoom(natsDisk)
    await delay(FULL_FOR_MS + downMs(context))
    makeRoom(natsDisk)
    // As docs/failure-modes.md says: NATS refuses everything until it is restarted.
    await nats.kill()
    await nats.start()
  },
  'fill the disk of PostgreSQL': async (context) => {
    const { smallDisk } = context.system.databaseServer
    if ('missing' in smallDisk) return context.say(`skipped: ${smallDisk.missing}`)
    await leaveNoRoom(smallDisk)
    await delay(FULL_FOR_MS + downMs(context))
    makeRoom(smallDisk)
  },
  'flip a bit of RISK': async (context) => {
    await changed(context, flipBit)
    await adoptLog(context)
  },
  'cut the tail of RISK': async (context) => {
    await changed(context, cutRisk)
    await adoptLog(context)
  },
  // A power failure without sync_interval: always. Guardians that start then decide the same inputs again.
  'cut the tail of RISK with guardians down': async (context) => {
    const goOn = await Promise.all(context.system.guardians.map((guardian) => guardian.kill()))
    await changed(context, cutRisk)
    for (const start of goOn) start()
  },
  'cut the tail of INPUTS': async (context) => {
    // The repair deletes RISK, as soon as all of it is stored.
    await fetch(`${context.system.consoleUrl}/api/feature_flags`, {
      method: 'POST',
      body: JSON.stringify({ enable_persistence: true, reason: 'before INPUTS is cut' }),
    })
    await mendInputs(context, await changed(context, cutInputs))
  },
} as const satisfies Readonly<Record<string, Fault>>

const cutRisk = (store: string, random: Random) => cutTail(store, random, 'RISK')
const cutInputs = (store: string, random: Random) => cutTail(store, random, 'INPUTS')

export type FaultName = keyof typeof faults

/** Faults whose repair takes several seconds, so that they need a longer run. */
const LONG: ReadonlySet<FaultName> = new Set<FaultName>([
  'fill the disk of NATS',
  'fill the disk of PostgreSQL',
  'flip a bit of RISK',
  'cut the tail of RISK',
  'cut the tail of RISK with guardians down',
  'cut the tail of INPUTS',
])

/** An endless sequence; every kind once before any is repeated. @param long whether the run has time for long ones */
export function* faultsOf(random: Random, long: boolean): Generator<FaultName> {
  const kinds = (Object.keys(faults) as FaultName[]).filter((name) => long || !LONG.has(name))
  for (;;) {
    const left = [...kinds]
    while (left.length > 0) {
      const [name] = left.splice(random.between(0, left.length - 1), 1)
      if (name !== undefined) yield name
    }
  }
}

function downMs({ random }: FaultContext): number {
  return random.between(SHORTEST_MS, LONGEST_MS)
}

async function killed(services: readonly Supervised[], context: FaultContext): Promise<void> {
  const goOn = await Promise.all(services.map((service) => service.kill()))
  await delay(downMs(context))
  for (const start of goOn) start()
}

async function frozen(services: readonly Supervised[], context: FaultContext): Promise<void> {
  const thaw = services.map((service) => service.freeze())
  await delay(downMs(context))
  for (const goOn of thaw) goOn()
}

/** Changes the store of NATS. @returns when NATS was killed for that, milliseconds of Unix */
async function changed(
  { system, random, say }: FaultContext,
  change: (store: string, random: Random) => Promise<string>,
): Promise<number> {
  await system.nats.kill()
  const killedAt = Date.now()
  say(await change(system.natsStore, random))
  await system.nats.start()
  return killedAt
}

/**
 * As docs/recovery.md says. If the history does not show that RISK ends too early, only the waiting guardians know: they are
 * restarted, as docs/failure-modes.md says about a power failure.
 */
async function adoptLog({ system, say, log }: FaultContext): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const text = await system.drawbridge('adopt-log', '--by', 'chaos', '--reason', 'damage', '--json')
      say(`adopt-log: ${text.trim().replaceAll(/\s+/g, ' ').slice(0, 500)}`)
      const { done, mending } = JSON.parse(text) as { done: string; mending?: { missing: MissingVersions[] } }
      if (done !== 'now') break
      log.reportedMissing.push(...(mending?.missing ?? []))
      return await keepInSmallBlocks(system.nats)
    } catch (error) {
      say(error instanceof Error ? error.message : String(error))
      if (tries === ADOPTIONS_MAX) break
    }
  }
  // The command says this if only running guardians know more than RISK.
  say('adopt-log did nothing; the guardians are restarted')
  const goOn = await Promise.all(system.guardians.map((guardian) => guardian.kill()))
  for (const start of goOn) start()
}
