import type { Owners } from './owners.ts'

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
