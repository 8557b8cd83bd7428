import { runCommand } from './run-command.ts'

/** The oldest server that has what Drawbridge needs, and the release that is downloaded if none is found. */
export const OLDEST_VERSION = '2.12'
export const PINNED_VERSION = '2.14.5'

/**
 * The version that a nats-server program prints, like `2.14.5`.
 * @throws when it cannot be run, is not a nats-server, or is older than {@link OLDEST_VERSION}.
 */
export async function usableVersion(command: string): Promise<string> {
  const said = await runCommand(command, ['-v'], 10_000)
  const version = /nats-server: v(\d+\.\d+\.\d+\S*)/.exec(said)?.[1]
  if (version === undefined)
    throw new Error(`${command} is not a nats-server: it prints ${JSON.stringify(said.slice(0, 80))}`)
  if (!isRecentEnough(version)) throw new Error(`${command} is version ${version}, older than ${OLDEST_VERSION}`)
  return version
}

function isRecentEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_VERSION.split('.').map(Number)
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}
