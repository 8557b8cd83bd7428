export { type NotifierLooks, startNotifier } from './start-notifier.ts'
