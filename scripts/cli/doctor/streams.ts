import { type StreamSettings, streamSettings, streams } from '@drawbridge/contracts'
import { ADOPT } from '@drawbridge/history'
import { isStreamMissing } from '@drawbridge/nats'
import { useOf } from '@drawbridge/service-kit'
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import { type Finding, fault, ok, warning } from './finding.ts'

/** What an operator may well set otherwise: how much is kept, and where. */
const OF_THE_OPERATOR: ReadonlySet<string> = new Set(['description', 'max_bytes', 'max_age', 'duplicate_window'])

/** A check of what is in a stream; nothing where it is missing, which the check of the streams says. */
export async function whereStreamsAre(
  look: () => Promise<Finding | readonly Finding[]>,
): Promise<Finding | readonly Finding[]> {
  try {
    return await look()
  } catch (error) {
    if (isStreamMissing(error)) return []
    throw error
  }
}

/** Whether the streams are there, as they are made here. */
export async function checkStreams(manager: JetStreamManager): Promise<readonly Finding[]> {
  const found = await Promise.all(streamSettings(1).map((settings) => checkStream(manager, settings)))
  return found.some(({ status }) => status === 'fault') ? found : [...found, await checkUse(manager)]
}

async function checkStream(manager: JetStreamManager, settings: StreamSettings): Promise<Finding> {
  const check = `stream ${settings.name}`
  let info: StreamInfo
  try {
    info = await manager.streams.info(settings.name)
  } catch (error) {
    if (!isStreamMissing(error)) throw error
    return fault(check, 'does not exist', 'npm run provision')
  }
  const differing = differingSettings(settings, info.config)
  const { messages, bytes } = info.state
  const held = `${messages} messages, ${Math.ceil(bytes / 1024 ** 2)} MiB, ${info.config.num_replicas} of it`
  if (differing.length === 0) return ok(check, held)
  const others = differing.filter((name) => !OF_THE_OPERATOR.has(name))
  if (others.length === 0) {
    return warning(
      check,
      `${held}; ${differing.join(', ')} set otherwise than npm run provision does`,
      'keep it if meant',
    )
  }
  const advice = `nats stream edit ${settings.name}, to what docs/events.md says`
  return fault(check, `wrong: ${others.join(', ')}`, advice)
}

/** The settings in which a stream is not as it is made here; the number of replicas is anyone's choice. */
export function differingSettings(settings: StreamSettings, config: object): readonly string[] {
  const has = new Map<string, unknown>(Object.entries(config))
  return Object.entries({ deny_delete: false, deny_purge: false, ...settings })
    .filter(([name, wanted]) => name !== 'num_replicas' && !isSame(wanted, has.get(name) ?? false))
    .map(([name]) => name)
}

/** A server may tell more of a setting than it was given. */
function isSame(wanted: unknown, has: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return wanted === has
  if (typeof has !== 'object' || has === null) return false
  if (Array.isArray(wanted)) return JSON.stringify(wanted) === JSON.stringify(has)
  const fields = new Map<string, unknown>(Object.entries(has))
  return Object.entries(wanted).every(([name, value]) => fields.get(name) === value)
}

async function checkUse(manager: JetStreamManager): Promise<Finding> {
  const check = 'use of RISK'
  const use = await useOf(manager)
  if (use === 'bound') return ok(check, 'guardians judge by it')
  return fault(
    check,
    use === 'adopting' ? 'is being adopted' : `takes the place of a ${streams.risk} that was lost`,
    ADOPT,
  )
}
