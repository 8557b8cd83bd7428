import type { DatabaseServer } from './database-server.ts'
import type { Infrastructure } from './infrastructure.ts'

/** Starts one of the same kind as the servers of this run: a container, or PostgreSQL from the npm package. */
export async function startDatabaseServerLike(kind: Infrastructure['kind']): Promise<DatabaseServer> {
  // Loaded only when needed: it takes a second.
  if (kind !== 'docker') return (await import('./embedded-database-server.ts')).startEmbeddedDatabaseServer()
  return (await import('./docker-database-server.ts')).startDockerDatabaseServer()
}
