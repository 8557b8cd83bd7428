import type { StreamSettings } from '@drawbridge/contracts'
import type { JetStreamManager } from '@nats-io/jetstream'

/**
 * Adds the subjects of this version to a stream that an earlier version created. Existing subjects stay.
 * @throws if the user may not change a stream: with the command that does it
 */
export async function bindSubjects(manager: JetStreamManager, { name, subjects }: StreamSettings): Promise<void> {
  const { config } = await manager.streams.info(name)
  const missing = subjects.filter((subject) => !config.subjects.includes(subject))
  if (missing.length === 0) return
  const all = [...config.subjects, ...missing]
  try {
    await manager.streams.update(name, { subjects: all })
  } catch (error) {
    throw new Error(
      `${name} was created by an earlier version without ${missing.join(', ')}, and this user may not change it. ` +
        `Run as a user who may: nats stream edit ${name} --subjects="${all.join(',')}"`,
      { cause: error },
    )
  }
}
