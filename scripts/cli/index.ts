export { runDrawbridge } from './commands.ts'
export { rebuildFromLog } from './rebuild.ts'
