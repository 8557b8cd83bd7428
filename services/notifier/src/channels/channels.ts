import type { ChannelConfig } from '@drawbridge/settings'
import type { Channel } from './channel.ts'
import { webhookChannel } from './webhook.ts'

/** One file a kind, and its line here. */
export function channelOf(config: ChannelConfig): Channel {
  switch (config.kind) {
    case 'webhook':
      return webhookChannel(config)
    default:
      throw new Error(`unknown channel ${config.kind}`)
  }
}
