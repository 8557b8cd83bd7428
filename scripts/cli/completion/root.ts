import { fileURLToPath } from 'node:url'

/** The folder of the installation. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
