export { CONFIG_EVENT_BYTES_MAX, decideChange, decideConfiguration } from './decide-configuration.ts'
export {
  type InputMessage,
  type JudgedEvent,
  type Judgement,
  OfflineJudge,
  storedEvent,
} from './offline-judge.ts'
export * from './pure.ts'
