import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../simulation/random.ts'
import type { MissingVersions } from './check/evidence.ts'
import { leaveNoRoom, makeRoom } from './disk.ts'
import type { ClientLog } from './load/client-log.ts'
import { mendInputs } from './mend-inputs.ts'
import { cutTail, flipBit, keepInSmallBlocks } from './store-damage.ts'
import type { Supervised } from './supervised.ts'
import type { ChaosSystem } from './system.ts'

/** What a fault needs. It returns when what it did is undone. */
export interface Strike {
  readonly system: ChaosSystem
  readonly random: Random
  /** Says what is done, with the time. */
  readonly say: (line: string) => void
  /** What the client keeps of the run: what is lost is noted there. */
  readonly log: ClientLog
}

export type Fault = (strike: Strike) => Promise<void>

/** A disk stays full at least this long, so that somebody tries to write to it. */
const FULL_FOR_MS = 2_000
/** Of a service that is down, or frozen: longer than the lease in about half of all cases. */
const SHORTEST_MS = 500
const LONGEST_MS = 6_000
const ADOPTIONS_MAX = 3

export const faults = {
  'kill a guardian': (strike) => killed([strike.random.pick(strike.system.guardians)], strike),
  'kill all guardians': (strike) => killed(strike.system.guardians, strike),
  'kill a persister': (strike) => killed([strike.random.pick(strike.system.persisters)], strike),
  'kill all persisters': (strike) => killed(strike.system.persisters, strike),
  'kill the trader service': (strike) => killed([strike.system.trader], strike),
  'kill NATS': async (strike) => {
    await strike.system.nats.kill()
    await delay(downMs(strike))
    await strike.system.nats.start()
  },
  'kill PostgreSQL': async (strike) => {
    await strike.system.databaseServer.kill()
    await delay(downMs(strike))
    await strike.system.databaseServer.start()
  },
  'kill everything': async (strike) => {
    const { nats, databaseServer, services } = strike.system
    const servers = async () => {
      await Promise.all([nats.kill(), databaseServer.kill()])
      await delay(downMs(strike))
      await Promise.all([nats.start(), databaseServer.start()])
    }
    await Promise.all([servers(), killed(services, strike)])
  },
  'freeze a guardian': (strike) => frozen([strike.random.pick(strike.system.guardians)], strike),
  'freeze all guardians': (strike) => frozen(strike.system.guardians, strike),
  'freeze a persister': (strike) => frozen([strike.random.pick(strike.system.persisters)], strike),
  'freeze the trader service': (strike) => frozen([strike.system.trader], strike),
  'freeze NATS': async (strike) => {
    strike.system.nats.holdUp()
    await delay(downMs(strike))
    strike.system.nats.goOn()
  },
  'fill the disk of NATS': async (strike) => {
    const { nats, natsDisk } = strike.system
    if ('missing' in natsDisk) return strike.say(`skipped: ${natsDisk.missing}`)
    await leaveNoRoom(natsDisk)
    await delay(FULL_FOR_MS + downMs(strike))
    makeRoom(natsDisk)
    // As docs/failure-modes.md says: NATS refuses everything until it is started again.
    await nats.kill()
    await nats.start()
  },
  'fill the disk of PostgreSQL': async (strike) => {
    const { smallDisk } = strike.system.databaseServer
    if ('missing' in smallDisk) return strike.say(`skipped: ${smallDisk.missing}`)
    await leaveNoRoom(smallDisk)
    await delay(FULL_FOR_MS + downMs(strike))
    makeRoom(smallDisk)
  },
  'flip a bit of RISK': async (strike) => {
    await changed(strike, flipBit)
    await adoptLog(strike)
  },
  'cut the tail of RISK': async (strike) => {
    await changed(strike, cutRisk)
    await adoptLog(strike)
  },
  // A power cut without sync_interval: always. Guardians that start then decide the same inputs again.
  'cut the tail of RISK with guardians down': async (strike) => {
    const goOn = await Promise.all(strike.system.guardians.map((guardian) => guardian.kill()))
    await changed(strike, cutRisk)
    for (const start of goOn) start()
  },
  'cut the tail of INPUTS': async (strike) => {
    const { system, random, say } = strike
    // The way back deletes RISK, as soon as all of it is stored.
    await fetch(`${system.consoleUrl}/api/feature_flags`, {
      method: 'POST',
      body: JSON.stringify({ enable_persistence: true, reason: 'before INPUTS is cut' }),
    })
    await system.nats.kill()
    const lostAt = Date.now()
    say(await cutTail(system.natsStore, random, 'INPUTS'))
    await system.nats.start()
    await mendInputs(strike, lostAt)
  },
} as const satisfies Readonly<Record<string, Fault>>

const cutRisk = (store: string, random: Random) => cutTail(store, random, 'RISK')

export type FaultName = keyof typeof faults

/** Those that need several seconds to be mended, and so a longer run. */
const LONG: ReadonlySet<FaultName> = new Set<FaultName>([
  'fill the disk of NATS',
  'fill the disk of PostgreSQL',
  'flip a bit of RISK',
  'cut the tail of RISK',
  'cut the tail of RISK with guardians down',
  'cut the tail of INPUTS',
])

/** Without end; every kind once before any comes again. @param long whether the run leaves time for long ones */
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

function downMs({ random }: Strike): number {
  return random.between(SHORTEST_MS, LONGEST_MS)
}

async function killed(services: readonly Supervised[], strike: Strike): Promise<void> {
  const goOn = await Promise.all(services.map((service) => service.kill()))
  await delay(downMs(strike))
  for (const start of goOn) start()
}

async function frozen(services: readonly Supervised[], strike: Strike): Promise<void> {
  const thaw = services.map((service) => service.freeze())
  await delay(downMs(strike))
  for (const goOn of thaw) goOn()
}

async function changed(
  { system, random, say }: Strike,
  change: (store: string, random: Random) => Promise<string>,
): Promise<void> {
  await system.nats.kill()
  say(await change(system.natsStore, random))
  await system.nats.start()
}

/**
 * As docs/recovery.md says. Where the history does not tell that RISK ends too early, only the guardians know, which wait:
 * they are started again, as docs/failure-modes.md says of a power cut.
 */
async function adoptLog({ system, say, log }: Strike): Promise<void> {
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
  // As it says itself where nobody knows more than RISK, but guardians that run.
  say('adopt-log did nothing; the guardians are started again')
  const goOn = await Promise.all(system.guardians.map((guardian) => guardian.kill()))
  for (const start of goOn) start()
}
