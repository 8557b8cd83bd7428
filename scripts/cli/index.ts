export { runDrawbridge } from './commands.ts'
export { type RebuildFromLog, rebuildHistory } from './rebuild/rebuild.ts'
