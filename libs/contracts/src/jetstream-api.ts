/**
 * Subjects of JetStream's own API that permissions name. `*` stands for any consumer; exceptions are denied separately.
 */
export const jetStreamApi = {
  account: '$JS.API.INFO',
  streamInfo: (stream: string) => `$JS.API.STREAM.INFO.${stream}`,
  createStream: (stream: string) => `$JS.API.STREAM.CREATE.${stream}`,
  /** Reads any message of the stream: the body selects it, so permissions cannot restrict it. */
  readMessage: (stream: string) => `$JS.API.STREAM.MSG.GET.${stream}`,
  /** Deletes any message of the stream: the body selects it. */
  deleteMessage: (stream: string) => `$JS.API.STREAM.MSG.DELETE.${stream}`,
  /** Creates a consumer of several subjects, or of all. */
  createConsumer: (stream: string, consumer: string) => `$JS.API.CONSUMER.CREATE.${stream}.${consumer}`,
  /** Creates a consumer of one subject; the server refuses a body that names another one. */
  createFilteredConsumer: (stream: string, consumer: string, filter: string) =>
    `$JS.API.CONSUMER.CREATE.${stream}.${consumer}.${filter}`,
  /** The body names consumer and subjects: a user who may publish here can change any consumer of the stream. */
  createUnnamedConsumer: (stream: string) => `$JS.API.CONSUMER.CREATE.${stream}`,
  listConsumers: (stream: string) => `$JS.API.CONSUMER.LIST.${stream}`,
  consumerInfo: (stream: string, consumer: string) => `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
  deleteConsumer: (stream: string, consumer: string) => `$JS.API.CONSUMER.DELETE.${stream}.${consumer}`,
  /** Answered by any number of messages. */
  next: (stream: string, consumer: string) => `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
  /** Prefix of the acknowledgement subject of a delivered message. */
  ackPrefix: '$JS.ACK.',
  acks: (stream: string, consumer: string) => `$JS.ACK.${stream}.${consumer}.>`,
} as const
