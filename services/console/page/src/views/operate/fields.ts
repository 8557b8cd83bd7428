import type { ComponentType } from 'preact'
import type { CommandKind } from '../../commands/command-kinds.ts'
import { CashFlowFields } from './fields/cash-flow-fields.tsx'
import { CorrectFields } from './fields/correct-fields.tsx'
import type { FieldsProps } from './fields/fields-props.ts'
import { LimitsFields } from './fields/limits-fields.tsx'
import { PauseFields } from './fields/pause-fields.tsx'
import { RestartFields } from './fields/restart-fields.tsx'
import { ResumeFields } from './fields/resume-fields.tsx'

/** What each command needs beside its reason. */
export const FIELDS: Readonly<Record<CommandKind, ComponentType<FieldsProps>>> = {
  pause: PauseFields,
  resume: ResumeFields,
  limits: LimitsFields,
  'cash-flow': CashFlowFields,
  restart: RestartFields,
  correct: CorrectFields,
}
