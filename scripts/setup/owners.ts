import { SettingsError } from '@drawbridge/settings/place'

/** User ids of containers, which own the files that these may read. */
export interface Owners {
  readonly services: number
  readonly database: number
  readonly prometheus: number
  readonly grafana: number
}

/** No host gives it to a person, and systemd gives it to no service. compose.yaml and the image use the same. */
const SERVICES_UID = 65_532
/** The next one means that there is no id. */
const LARGEST_UID = 4_294_967_294

/**
 * The ids that the variables of compose.yaml choose; those of Prometheus and Grafana are fixed.
 * @throws {SettingsError} if a variable is not an id, or is that of root
 */
export function ownersOf(env: NodeJS.ProcessEnv): Owners {
  return {
    services: userId(env, 'SERVICES_UID', SERVICES_UID),
    database: userId(env, 'POSTGRES_UID', 70),
    prometheus: 65_534,
    grafana: 472,
  }
}

function userId(env: NodeJS.ProcessEnv, name: string, standard: number): number {
  const text = env[name] || String(standard)
  const id = Number(text)
  if (!/^\d{1,10}$/.test(text) || id === 0 || id > LARGEST_UID)
    throw new SettingsError(`${name}: "${text}" is not a user id from 1 to ${LARGEST_UID}`)
  return id
}

/** Debian, Fedora and their like give these user ids to people: UID_MIN and UID_MAX of /etc/login.defs. */
const OF_PEOPLE = { first: 1000, last: 60_000 } as const

/** How to change each id. Those of Prometheus and Grafana are fixed, and do not belong to people. */
const MENDED_BY: Readonly<Partial<Record<keyof Owners, string>>> = {
  services:
    'set SERVICES_UID in .env to an id that nobody has, such as 65532; then docker compose down, and docker compose up --detach --build --wait',
  database: 'use a database image whose user postgres has another id, and set POSTGRES_UID to that',
}

/**
 * Warnings for ids that belong to people on most hosts: such a person could read the secrets of these containers. A
 * container cannot see the users of its host.
 * @returns one line for each such id
 */
export function sharedIds(owners: Owners): readonly string[] {
  return Object.entries(MENDED_BY).flatMap(([whose, mend]) => {
    const id = owners[whose as keyof Owners]
    if (id < OF_PEOPLE.first || id > OF_PEOPLE.last) return []
    return [
      `warning: secrets of the ${whose} belong to user ${id}, an id that hosts give to people (getent passwd ${id} names yours), who could read them: ${mend}`,
    ]
  })
}
