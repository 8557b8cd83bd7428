import { effect } from '@preact/signals'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { accountsOf } from '../../store/accounts.ts'
import { fleet } from '../../store/live.ts'
import { type Arrangement, arrange } from './arrange.ts'
import type { FleetSettings } from './fleet-settings.ts'

/** Rows move at most this often, whatever comes in: what a reader looks at does not run away. */
const EVERY_MS = 500

/** The rows of the fleet by these settings, arranged again as traders change. */
export function useArrangement(settings: FleetSettings): Arrangement {
  const [round, setRound] = useState(0)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = effect(() => {
      void fleet.revision.value
      timer ??= setTimeout(() => {
        timer = undefined
        setRound((last) => last + 1)
      }, EVERY_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [])
  const isComplete = fleet.isComplete.value
  const { value: said } = fleet.accounts
  return useMemo(() => arrange(accountsOf(fleet.members, said), settings), [settings, said, round, isComplete])
}
