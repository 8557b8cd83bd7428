import { isRouted, type TraderId } from '@drawbridge/contracts'
import type { Config } from '../../config.ts'

/** What is valid, and probably not meant: the worst that is told to nobody, though channels are configured. */
export function notifyWarningsOf({ notify, traders }: Pick<Config, 'notify' | 'traders'>): readonly string[] {
  const { channels, routes } = notify
  if (channels.length === 0) return []
  const isTold = (kind: 'breach' | 'fault', trader: TraderId | null, tags: readonly string[]) =>
    routes.some((route) => isRouted(route, { kind, severity: 'critical', trader }, tags))
  const untold = Object.entries(traders).filter(([trader, { about }]) => !isTold('breach', trader, about.tags))
  const names = untold.slice(0, NAMED_MAX).map(([trader]) => trader)
  const others = untold.length - names.length
  return [
    ...(untold.length === 0
      ? []
      : [`nobody is told when a limit breaks of ${names.join(', ')}${others === 0 ? '' : ` and ${others} others`}`]),
    ...(isTold('fault', null, []) ? [] : ['nobody is told of faults of Drawbridge itself, as lost messages']),
  ]
}

const NAMED_MAX = 10
