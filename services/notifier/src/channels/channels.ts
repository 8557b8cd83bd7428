import type { ChannelConfig } from '@drawbridge/settings'
import type { Channel } from './channel.ts'
import { discordChannel } from './discord.ts'
import { emailChannel } from './email.ts'
import { ntfyChannel } from './ntfy.ts'
import { pagerDutyChannel } from './pagerduty.ts'
import { slackChannel } from './slack.ts'
import { telegramChannel } from './telegram.ts'
import { webhookChannel } from './webhook.ts'

/** One file a kind, and its line here. */
export function channelOf(config: ChannelConfig): Channel {
  switch (config.kind) {
    case 'webhook':
      return webhookChannel(config)
    case 'telegram':
      return telegramChannel(config)
    case 'slack':
      return slackChannel(config)
    case 'discord':
      return discordChannel(config)
    case 'email':
      return emailChannel(config)
    case 'pagerduty':
      return pagerDutyChannel(config)
    case 'ntfy':
      return ntfyChannel(config)
    default:
      return config satisfies never
  }
}
