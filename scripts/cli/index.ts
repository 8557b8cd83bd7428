export { type RebuildFromLog, rebuildHistory } from './rebuild/rebuild.ts'
export { runDrawbridge } from './run-drawbridge.ts'
