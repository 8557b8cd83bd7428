import { zoneName } from '../../formats/times.ts'
import { fleet } from '../../store/live.ts'
import { zone } from '../../store/preferences.ts'

/** The zone in which times of a trader are shown; undefined: that of this machine. */
export function useZone(id: string): string | undefined {
  void fleet.revision.value
  return zoneName(zone.value, fleet.members.get(id)?.timeZone ?? null)
}

/** The zone of the trading days of a trader, whatever zone times are shown in; undefined: not known, so that of this machine. */
export function useDayZone(id: string): string | undefined {
  void fleet.revision.value
  return fleet.members.get(id)?.timeZone ?? undefined
}
