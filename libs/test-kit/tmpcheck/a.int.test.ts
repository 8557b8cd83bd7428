import { it } from 'vitest'
import { infrastructure, spawnService } from '../src/index.ts'
it('sleeps', async () => { console.log('PIDME', infrastructure().natsUrl); const s = spawnService('persister', {NATS_URL: infrastructure().natsUrl, DATABASE_URL: infrastructure().databaseUrl}); await new Promise((r) => setTimeout(r, 50000)) })
