import { accessSync, constants, statSync } from 'node:fs'
import { type Config, readSecret } from '@drawbridge/settings'
import { type Finding, fault, ok, warning } from './finding.ts'

/** Where containers have their secrets: those of other containers are not there. */
const IN_CONTAINERS = '/run/secrets/'
const OTHERS = 0o007

/** Whether the files of secrets that config.json names for channels and connectors can be used. */
export function checkSecretFiles({ notify, connectors }: Pick<Config, 'notify' | 'connectors'>): readonly Finding[] {
  return [
    ...notify.channels.map((channel) => checkFiles(`channel ${channel.name}`, pathsIn(channel, /File$/), 'notifier')),
    ...(notify.heartbeatFile === null ? [] : [checkFiles('heartbeat', [notify.heartbeatFile], 'notifier')]),
    checkConnectorSecrets(connectors),
  ].flat()
}

export function checkConnectorSecrets(connectors: Config['connectors']): readonly Finding[] {
  return Object.entries(connectors).flatMap(([name, { written, secretFiles }]) =>
    checkFiles(`connector ${name}`, [...pathsIn(written, /_file$/), ...Object.values(secretFiles)], 'connector'),
  )
}

function pathsIn(settings: object, fields: RegExp): readonly string[] {
  return Object.entries(settings).flatMap(([field, path]) =>
    fields.test(field) && typeof path === 'string' ? [path] : [],
  )
}

/** The worst of each file; one line where all is well, and none where there are no files. */
function checkFiles(check: string, paths: readonly string[], service: string): readonly Finding[] {
  const findings = paths.flatMap((path) => checkFile(check, path, service) ?? [])
  if (findings.length > 0 || paths.length === 0) return findings
  return [ok(check, paths.length === 1 ? 'its secret can be read' : 'its secrets can be read')]
}

function checkFile(check: string, path: string, service: string): Finding | null {
  let mode: number
  try {
    mode = statSync(path).mode
    accessSync(path, constants.R_OK)
  } catch (error) {
    return missing(check, path, service, (error as NodeJS.ErrnoException).code)
  }
  const secret = readSecret(path)
  if (!secret.ok) return fault(check, secret.reason, 'write the secret into it')
  if ((mode & OTHERS) === 0) return null
  return warning(check, `${path} can be read by every user of this machine`, `chmod 600 ${path}`)
}

function missing(check: string, path: string, service: string, code = 'no file'): Finding {
  if (path.startsWith(IN_CONTAINERS)) {
    const found = `${path} is not seen from here`
    return warning(check, found, `see that data/secrets/${service} has it; the ${service} logs what it cannot read`)
  }
  if (code === 'EACCES')
    return warning(check, `${path} may not be read by this user`, `see that the ${service} may read it`)
  const found = code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read (${code})`
  return fault(check, found, 'write the secret into it, or name another file in config.json')
}
