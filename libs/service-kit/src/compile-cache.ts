import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Import this before anything large, and import the large modules dynamically: from the second start on, Node.js reads its
 * compiled code from a cache. The cache is beside the code, so that only those who may change the code can write it.
 */
enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/drawbridge', import.meta.url)))
