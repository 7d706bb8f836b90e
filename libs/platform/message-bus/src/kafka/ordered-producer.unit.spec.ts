import { instant } from '@encaisse/kernel';
import type { Kafka, ProducerBatch } from 'kafkajs';
import type { PlacedMessage } from '../consumer-groups';
import { KafkaTopics } from './kafka-topics';
import { OrderedProducer } from './ordered-producer';

const settings = {
  brokers: [],
  sasl: null,
  tls: null,
  prefix: 'test',
  partitions: 1,
  replicationFactor: 1,
};

/** A client that acknowledges each batch at the next of the given offsets. */
function clientAcknowledging(...baseOffsets: readonly string[]): Kafka {
  const left = [...baseOffsets];
  const client = {
    admin: () => ({
      connect: () => Promise.resolve(),
      fetchTopicOffsets: () => Promise.resolve([{ partition: 0, low: '0', high: '10' }]),
    }),
    producer: () => ({
      connect: () => Promise.resolve(),
      sendBatch: ({ topicMessages = [] }: ProducerBatch) =>
        Promise.resolve(
          topicMessages.map(({ topic }) => ({
            topicName: topic,
            partition: 0,
            errorCode: 0,
            baseOffset: left.shift(),
          })),
        ),
    }),
  };
  return client as unknown as Kafka;
}

const message = (position: number): PlacedMessage => ({
  position,
  ordinal: 0,
  message: {
    id: `0191d5a0-0000-7000-8000-00000000000${position}`,
    type: 'testing.thing.v1',
    key: 'testing.thing-a',
    time: instant('2017-05-15T10:00:00.000Z'),
    data: {},
    correlationId: '0191d5a0-0000-7000-8000-000000000009',
  },
});

const twice = async (...baseOffsets: readonly string[]): Promise<void> => {
  const kafka = clientAcknowledging(...baseOffsets);
  const topics = new KafkaTopics(kafka, settings, ['testing.thing.v1']);
  const producer = await OrderedProducer.open(kafka, topics, 1);
  await producer.send([message(1), message(2)]);
  await producer.send([message(3)]);
};

describe('Publishing in order', () => {
  it.each([
    ['right after the end of the topic and of the batch before', ['10', '12']],
    ['behind records of another producer', ['15', '30']],
  ])('believes an acknowledgement %s', async (_where, offsets) => {
    await expect(twice(...offsets)).resolves.toBeUndefined();
  });

  it.each([
    ['the same place twice, as if one batch had been stored', ['10', '10']],
    ['a place inside the batch before', ['10', '11']],
    ['a place the topic had passed before', ['9', '12']],
    ['no place at all', []],
  ])('does not believe an acknowledgement of %s', async (_where, offsets) => {
    await expect(twice(...offsets)).rejects.toThrow('were acknowledged at');
  });
});
