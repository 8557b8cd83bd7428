/** What config.json says of a channel and a connector whose other sides are away. */
export const NOBODY_OUTSIDE = {
  notify: { channels: { hook: { kind: 'webhook', url: 'http://127.0.0.1:1/' } } },
  connectors: {
    bot2: { adapter: 'generic', equity_url: 'http://127.0.0.1:1/', equity_at: '/equity', currency: 'USD' },
  },
} as const
