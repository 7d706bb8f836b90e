/** What the client library of the simulation throws, as kafkajs does: known by its class alone. */
export class KafkaJSError extends Error {
  override readonly name: string = 'KafkaJSError';
}

/** The group was shared out anew since this member was told its part. */
export class Rebalanced extends KafkaJSError {
  override readonly name = 'KafkaJSProtocolError';
}
