import type { Role } from '../store/session.ts'

export const COMMAND_KINDS = ['pause', 'resume', 'limits', 'cash-flow', 'restart', 'correct'] as const
export type CommandKind = (typeof COMMAND_KINDS)[number]

/** What a command does and what it leaves as it is, said before it is given. */
export interface CommandWords {
  readonly title: string
  readonly role: Role
  readonly does: readonly string[]
  readonly doesNot: readonly string[]
}

export const COMMAND_WORDS: Readonly<Record<CommandKind, CommandWords>> = {
  pause: {
    title: 'Pause',
    role: 'operate',
    does: ['Entries are blocked at once, until the time that you choose or until somebody resumes.'],
    doesNot: ['Positions stay open: a bot may always reduce them.', 'No limit and no reference changes.'],
  },
  resume: {
    title: 'Resume',
    role: 'operate',
    does: ['The holds that you choose end; entries are allowed when no hold is left.'],
    doesNot: [
      'A limit that is still broken stays broken: its hold ends only with "measure from now on", which forgives the loss.',
      'Holds of other people stay, unless you choose them.',
    ],
  },
  limits: {
    title: 'Change limits',
    role: 'admin',
    does: ['What is tightened is in force at once, and is judged by the last reading: a line above it blocks entries.'],
    doesNot: [
      'What is loosened waits for as long as the settings say (loosen_after_minutes).',
      'No pause ends early.',
      'Fields that you leave as they are stay.',
    ],
  },
  'cash-flow': {
    title: 'Record a cash flow',
    role: 'operate',
    does: [
      'Equity changes by a deposit or a withdrawal, which is neither a gain nor a loss.',
      'Each limit follows as its "flows" says.',
    ],
    doesNot: ['No money moves: you tell what has happened elsewhere.', 'No pause ends.'],
  },
  restart: {
    title: 'Begin a new account period',
    role: 'operate',
    does: [
      'What limits are measured from, holds and counts start again.',
      'Entries wait for the first reading of the new period.',
    ],
    doesNot: ['The history stays.', 'Positions stay as they are.', 'A firm pause stays.'],
  },
  correct: {
    title: 'Correct',
    role: 'operate',
    does: ['Sets what one limit is measured from, or takes the last reading back, and judges again.'],
    doesNot: ['Earlier decisions stay as they were made.', 'No other limit changes.'],
  },
}
