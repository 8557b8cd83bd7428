import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', schema: '../../libs/history/src/schema.ts', out: './sql' })
