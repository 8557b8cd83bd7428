import { text } from './kinds.ts'

export const natsSettings = {
  url: text({
    file: 'nats_url',
    variable: 'NATS_URL',
    about: 'NATS servers, separated by commas.',
    must: 'an address like "nats://127.0.0.1:4222"',
    fallback: 'nats://127.0.0.1:4222',
  }),
} as const
