import { NO_ROWS, type Execution, type Statement } from './statements';

const GROUPS = 'bus.consumer_groups';
const PARTITIONS = 'bus.partitions';
const TYPES = 'bus.published_types';

function placeOf(group: unknown, topic: unknown, partition: unknown): string {
  return `${group as string}/${topic as string}/${partition as number}`;
}

/** The stretches one group took: a table of their own, so that letting go reads no other's. */
function takenBy(group: unknown): string {
  return `bus.taken of ${group as string}`;
}

const groupLock = ({ parameters }: Execution) => [`${GROUPS}/${parameters[0] as string}`];

const partitionLock = ({ parameters: [group, topic, partition] }: Execution) => [
  `${PARTITIONS}/${placeOf(group, topic, partition)}`,
];

/** Moves a partition on from where it was left; false when it is elsewhere. */
function isMoved({ session, parameters }: Execution): boolean {
  const [group, topic, partition, from, to, behind] = parameters;
  const key = placeOf(group, topic, partition);
  const row = session.get(PARTITIONS, key);
  if (row?.['next_offset'] !== from) return false;
  const position = Math.max(row!['position'] as number, behind as number);
  session.put(PARTITIONS, key, { ...row, next_offset: to, position });
  return true;
}

const partitions: readonly Statement[] = [
  {
    pattern: /^insert into bus\.partitions \(group_name, topic, partition, next_offset, position\)/,
    run({ session, parameters }) {
      const [group, topic, numbers] = parameters as [string, string, readonly number[]];
      for (const partition of numbers) {
        const key = placeOf(group, topic, partition);
        if (session.get(PARTITIONS, key)) continue;
        const row = { group_name: group, topic, partition, next_offset: 0, position: 0 };
        session.put(PARTITIONS, key, row);
      }
      return NO_ROWS;
    },
  },
  {
    pattern:
      /^select topic, partition, next_offset, position from bus\.partitions where group_name/,
    run: ({ session, parameters }) =>
      session.all(PARTITIONS).filter((row) => row['group_name'] === parameters[0]),
  },
  {
    // The group's row is shared there and held alone here: its partitions take turns.
    pattern: /^select g\.position as passed, p\.next_offset .* for share of g for update of p$/,
    locks: (execution) => {
      const [group, topic, partition] = execution.parameters;
      return [...groupLock(execution), `${PARTITIONS}/${placeOf(group, topic, partition)}`];
    },
    run({ session, parameters: [group, topic, partition] }) {
      const row = session.get(PARTITIONS, placeOf(group, topic, partition));
      const passed = session.get(GROUPS, group as string)?.['position'];
      return row ? [{ passed, next_offset: row['next_offset'] }] : NO_ROWS;
    },
  },
  {
    pattern: /^update bus\.partitions set next_offset = \$5, position = greatest\(position, \$6\)/,
    locks: partitionLock,
    run: (execution) => (isMoved(execution) ? [{ group_name: execution.parameters[0] }] : NO_ROWS),
  },
];

const taken: readonly Statement[] = [
  {
    pattern: /^select ids from bus\.taken where group_name = \$1 and topic in \(\$2, ''\)/,
    run: ({ session, parameters: [group, topic, partition, first, last] }) =>
      session
        .all(takenBy(group))
        .filter(
          (row) =>
            row['topic'] === topic &&
            row['partition'] === partition &&
            (row['last_position'] as number) >= (first as number) &&
            (row['first_position'] as number) <= (last as number),
        ),
  },
  {
    pattern: /^with moved as \(update bus\.partitions .*\) insert into bus\.taken/,
    locks: partitionLock,
    run(execution) {
      if (!isMoved(execution)) return NO_ROWS;
      const [group, topic, partition, from, , , first, last, ids] = execution.parameters;
      const row = { topic, partition, first_position: first, last_position: last, ids };
      const key = `${placeOf(group, topic, partition)}/${from as number}`;
      execution.session.put(takenBy(group), key, { ...row, key });
      return [{ group_name: group }];
    },
  },
  {
    pattern: /^delete from bus\.taken where group_name = \$1 and last_position <= \$2$/,
    run({ session, parameters: [group, passed] }) {
      for (const { key, last_position } of session.all(takenBy(group)))
        if ((last_position as number) <= (passed as number))
          session.remove(takenBy(group), key as string);
      return NO_ROWS;
    },
  },
  {
    pattern:
      /^update bus\.consumer_groups set position = \$2, .* where group_name = \$1 and position < \$2$/,
    locks: groupLock,
    run({ session, parameters }) {
      const [group, position] = parameters as [string, number];
      const row = session.get(GROUPS, group);
      if (row && (row['position'] as number) < position)
        session.put(GROUPS, group, { ...row, position });
      return NO_ROWS;
    },
  },
];

const publishedTypes: readonly Statement[] = [
  {
    pattern: /^insert into bus\.published_types \(type, publication\)/,
    run({ session, parameters }) {
      const [types, publication] = parameters as [readonly string[], string];
      for (const type of types)
        if (!session.get(TYPES, type)) session.put(TYPES, type, { type, publication });
      return NO_ROWS;
    },
  },
  {
    pattern: /^select type from bus\.published_types where type <> all \(\$1::text\[\]\)/,
    run: ({ session, parameters: [known] }) =>
      session
        .all(TYPES)
        .map(({ type }) => type as string)
        .filter((type) => !(known as readonly string[]).includes(type))
        .sort()
        .map((type) => ({ type })),
  },
];

/** The statements of messages over Kafka. */
export const KAFKA_STATEMENTS: readonly Statement[] = [...partitions, ...taken, ...publishedTypes];
