import type { Owners } from './owners.ts'

/** Debian, Fedora and their like give these user ids to people: UID_MIN and UID_MAX of /etc/login.defs. */
const OF_PEOPLE = { first: 1000, last: 60_000 } as const

/** By what each id is chosen. That of Prometheus and that of Grafana are fixed, and are not of people. */
const MENDED_BY: Readonly<Partial<Record<keyof Owners, string>>> = {
  services:
    'set SERVICES_UID in .env to an id that nobody has, as 65532; then docker compose down, and docker compose up --detach --build --wait',
  database: 'use an image of the database whose user postgres has another id, and set POSTGRES_UID to that',
}

/**
 * What is wrong with ids that belong to people on most hosts: whoever has one reads the secrets of these containers. The
 * users of the host itself cannot be seen from a container.
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
