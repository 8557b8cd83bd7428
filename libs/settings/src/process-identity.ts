import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * What distinguishes a process from a later one with the same id: the boot and its start time. Null if it does not exist;
 * a zombie counts as not existing.
 */
export function processIdentity(pid: number): string | null {
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
  } catch {
    return null
  }
}

function fromProc(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name before the last ")" may contain anything; after it come the state (field 3) and the start (field 22).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state = 'X'] = fields
  if (state === 'Z' || state === 'X') return null
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`
}

function fromPs(pid: number): string | null {
  const said = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  return said === '' || said.startsWith('Z') ? null : said.replace(/^\S+\s+/, '')
}
