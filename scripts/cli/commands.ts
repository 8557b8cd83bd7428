import type { ListedCommand } from './command.ts'

/** Every command, in the order in which the help lists them. */
export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'doctor',
    summary: 'says whether everything is as it must be, and what to do where it is not',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'import-config',
    summary: 'brings limits and flags of a config.json of NOFX in',
    load: async () => (await import('./import-config.ts')).importConfig,
  },
  {
    name: 'state',
    summary: 'the state of any trader at any instant',
    load: async () => (await import('./state.ts')).state,
  },
  {
    name: 'verify',
    summary: 'compares the log with the history and the snapshot, and names every difference',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'rebuild',
    summary: 'makes the snapshot, or the history, anew from the log',
    load: async () => (await import('./rebuild.ts')).rebuild,
  },
  {
    name: 'adopt-log',
    summary: 'has a new risk log go on where the history ends, after the old one was lost',
    load: async () => (await import('./adopt-log.ts')).adoptLog,
  },
  {
    name: 'consumers',
    summary: 'lists who reads the streams by a consumer, and deletes one that nobody needs',
    load: async () => (await import('./consumers.ts')).consumers,
  },
  {
    name: 'dead-letters',
    summary: 'lists what no log could hold, sends it again or discards it, and removes inputs that harm',
    load: async () => (await import('./dead-letters.ts')).deadLetters,
  },
  {
    name: 'make-token',
    summary: 'makes an API token and adds its hash to a file for API_TOKENS_FILE',
    load: async () => (await import('./make-token.ts')).makeToken,
  },
]
