import { type Mutant, mutant } from './mutant';

const KAFKA = 'libs/platform/message-bus/src/kafka';

/** Faults of messages over Kafka: seen on seeds that have a broker. */
export const KAFKA_MUTANTS: readonly Mutant[] = [
  mutant(
    'ids-counted-over-all',
    'the id of a message hangs on what else a release makes of its event',
    'libs/platform/message-bus/src/message-mapping',
    'id: idOf(event, type, counts)',
    'id: `${event.eventId}.${made.findIndex((one)=>one.type === type)}`',
  ),
  mutant(
    'relayed-before-acknowledged',
    'the relay notes as published what no broker has acknowledged',
    `${KAFKA}/relay`,
    'this.sending = this.sending.then(()=>this.onAcknowledged(last.position, lease, fail));',
    'this.onAcknowledged(last.position, lease, fail);',
  ),
  mutant(
    'known-by-offset-alone',
    'a message published twice has its effect at both offsets',
    `${KAFKA}/partition-checkpoints`,
    'if (ahead.length === 0) return [];',
    'return messages;',
  ),
  mutant(
    'unread-counts-as-passed',
    'a group counts what a partition still holds as taken',
    `${KAFKA}/group-progress`,
    'return (row?.next_offset ?? 0) >= one.high ? relayed : row?.position ?? 0;',
    'return row === undefined ? 0 : relayed;',
  ),
  mutant(
    'partition-by-message',
    'messages of one key go to different partitions',
    `${KAFKA}/ordered-producer`,
    'key,\n                    value: null',
    'key: placed.message.id,\n                    value: null',
  ),
  mutant(
    'relay-knows-not-all',
    'a process relays that does not know all that is published',
    `${KAFKA}/published-types`,
    'if (rows.length > 0) throw new TypesUnknown',
    'if (rows.length < 0) throw new TypesUnknown',
  ),
];
