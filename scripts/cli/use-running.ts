import { type ProgramContext, printLine } from '@drawbridge/service-kit/program'
import { loadEnvFile, whereWritten } from '@drawbridge/settings'
import { findRunning } from '@drawbridge/settings/running-system'

/** Lets a command work on the system that `npm start` runs in this folder, unless its settings name another one. */
export function useRunning(context: ProgramContext): void {
  // What is wrong with it is told when the settings are read.
  loadEnvFile(context)
  const namesServers = ['NATS_URL', 'DATABASE_URL'].some((name) => whereWritten(context, name) !== null)
  const notice = findRunning(context, namesServers)
  if (notice !== null) printLine(context.stderr, notice)
}
