import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * To be imported before anything large, which is then to be imported dynamically: from the second start on, what
 * Node.js made of the code is read and not made again. Kept beside the code, where only who may change that may write.
 */
enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/drawbridge', import.meta.url)))
