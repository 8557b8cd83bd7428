import type { DatabaseServer } from './database-server.ts'
import type { Infrastructure } from './infrastructure.ts'

/** Starts one of the same kind as the servers of this run: a container, else PostgreSQL as npm brings it. */
export async function startDatabaseServerLike(kind: Infrastructure['kind']): Promise<DatabaseServer> {
  // What is not needed is not loaded: it takes a second.
  if (kind !== 'docker') return (await import('./embedded-database-server.ts')).startEmbeddedDatabaseServer()
  return (await import('./docker-database-server.ts')).startDockerDatabaseServer()
}
