import type { StreamSettings } from '@drawbridge/contracts'
import type { JetStreamManager } from '@nats-io/jetstream'

/**
 * Lets a stream that an earlier version made take the subjects of this one too. What it takes already it goes on taking.
 * @throws where the user may not change a stream: with the command that does it
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
      `${name} was made by an earlier version and does not take ${missing.join(', ')} yet, and this user may not change it. ` +
        `As a user who may: nats stream edit ${name} --subjects="${all.join(',')}"`,
      { cause: error },
    )
  }
}
