import { zoneName } from '../../formats/times.ts'
import { fleet } from '../../store/live.ts'
import { zone } from '../../store/preferences.ts'

/** The zone in which times of a trader are shown; undefined: that of this machine. */
export function useZone(id: string): string | undefined {
  void fleet.revision.value
  return zoneName(zone.value, fleet.members.get(id)?.timeZone ?? null)
}
