import { choice } from './kinds.ts'

export const logSettings = {
  level: choice<string>({
    file: 'log_level',
    variable: 'LOG_LEVEL',
    about: 'The lowest level that is logged.',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    fallback: 'info',
  }),
} as const
