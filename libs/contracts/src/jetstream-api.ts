/**
 * Subjects of JetStream's own API, as far as permissions name them. `*` stands for any consumer; which ones a user may not
 * touch is said beside it.
 */
export const jetStreamApi = {
  account: '$JS.API.INFO',
  streamInfo: (stream: string) => `$JS.API.STREAM.INFO.${stream}`,
  createStream: (stream: string) => `$JS.API.STREAM.CREATE.${stream}`,
  /** Reads any message of the stream: the request's body says which, so no permission can. */
  readMessage: (stream: string) => `$JS.API.STREAM.MSG.GET.${stream}`,
  /** Takes any message out of the stream: the request's body says which. */
  deleteMessage: (stream: string) => `$JS.API.STREAM.MSG.DELETE.${stream}`,
  /** Of all that a stream holds. */
  createConsumer: (stream: string, consumer: string) => `$JS.API.CONSUMER.CREATE.${stream}.${consumer}`,
  /** Of one subject; the server refuses a body that names another one. */
  createFilteredConsumer: (stream: string, consumer: string, filter: string) =>
    `$JS.API.CONSUMER.CREATE.${stream}.${consumer}.${filter}`,
  /** The body names consumer and subjects: whoever may publish here can change any consumer of the stream. */
  createUnnamedConsumer: (stream: string) => `$JS.API.CONSUMER.CREATE.${stream}`,
  listConsumers: (stream: string) => `$JS.API.CONSUMER.LIST.${stream}`,
  consumerInfo: (stream: string, consumer: string) => `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
  deleteConsumer: (stream: string, consumer: string) => `$JS.API.CONSUMER.DELETE.${stream}.${consumer}`,
  /** Answered by any number of messages. */
  next: (stream: string, consumer: string) => `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
  /** Begins the address for the acknowledgement of a message that a consumer gives. */
  ackPrefix: '$JS.ACK.',
  acks: (stream: string, consumer: string) => `$JS.ACK.${stream}.${consumer}.>`,
} as const
