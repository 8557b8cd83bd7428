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
