import { type Config, limitWarningsOf } from '@drawbridge/settings'
import { type Finding, warning } from './finding.ts'

/** What is valid in the limits of the settings, and probably not meant; nothing where all is well. */
export function judgeLimits(config: Pick<Config, 'limits' | 'traders'>): readonly Finding[] {
  const advice = 'correct it in config.json; limits that are in the log already change by a command'
  return limitWarningsOf(config).map((words) => warning('limits', words, advice))
}
