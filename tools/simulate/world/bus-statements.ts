import { NO_ROWS, type Execution, type Statement } from './statements';
import type { Row } from './tables';

const GROUPS = 'bus.consumer_groups';
const PARKED = 'bus.parked';

function text({ parameters }: Execution, index: number): string {
  return parameters[index] as string;
}

const groupLock = (execution: Execution) => [`${GROUPS}/${text(execution, 0)}`];

function keyOf(row: Row): string {
  const place = String(row['position']).padStart(12, '0');
  return `${row['group_name'] as string}/${place}/${row['ordinal'] as number}`;
}

function parkedRows({ session }: Execution): Row[] {
  return session.all(PARKED).sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

const groups: readonly Statement[] = [
  {
    pattern: /^insert into bus\.consumer_groups \(group_name, position\)/,
    locks: groupLock,
    run(execution) {
      const [name, position] = execution.parameters as [string, number];
      if (!execution.session.get(GROUPS, name))
        execution.session.put(GROUPS, name, { group_name: name, position });
      return NO_ROWS;
    },
  },
  {
    pattern: /^select group_name, position from bus\.consumer_groups$/,
    run: ({ session }) => session.all(GROUPS),
  },
  {
    pattern: /^select position from bus\.consumer_groups where group_name = \$1 for update$/,
    locks: groupLock,
    run(execution) {
      const row = execution.session.get(GROUPS, text(execution, 0));
      return row ? [row] : NO_ROWS;
    },
  },
  {
    pattern: /^update bus\.consumer_groups set position = \$3/,
    locks: groupLock,
    run(execution) {
      const [name, from, to] = execution.parameters as [string, number, number];
      if (execution.session.get(GROUPS, name)?.['position'] !== from) return NO_ROWS;
      execution.session.put(GROUPS, name, { group_name: name, position: to });
      return [{ group_name: name }];
    },
  },
];

const parked: readonly Statement[] = [
  {
    pattern: /^select distinct key from bus\.parked where group_name = \$1$/,
    run: (execution) =>
      [
        ...new Set(
          parkedRows(execution)
            .filter((row) => row['group_name'] === text(execution, 0))
            .map((row) => row['key']),
        ),
      ].map((key) => ({ key })),
  },
  {
    pattern: /^insert into bus\.parked \(group_name, position, ordinal, key, message/,
    run(execution) {
      const [group, position, ordinal, key, message, attempts, error] = execution.parameters;
      const row = {
        group_name: group,
        position,
        ordinal,
        key,
        message: JSON.parse(message as string) as unknown,
        attempts,
        error,
        parked_at: new Date(),
      };
      execution.session.insert(PARKED, keyOf(row), row);
      return NO_ROWS;
    },
  },
  {
    pattern: /^select group_name, position, ordinal, message, attempts, error, parked_at from bus/,
    run(execution) {
      const [group, key] = execution.parameters;
      return parkedRows(execution).filter(
        (row) =>
          (group === null || row['group_name'] === group) && (key === null || row['key'] === key),
      );
    },
  },
  {
    pattern: /^select group_name, count\(\*\) as count from bus\.parked group by group_name$/,
    run(execution) {
      const counts = new Map<unknown, number>();
      for (const row of parkedRows(execution))
        counts.set(row['group_name'], (counts.get(row['group_name']) ?? 0) + 1);
      return [...counts].map(([group_name, count]) => ({ group_name, count }));
    },
  },
  {
    pattern: /^select position, ordinal, message from bus\.parked where group_name = \$1 and key/,
    run(execution) {
      const [group, key] = execution.parameters;
      return parkedRows(execution)
        .filter((row) => row['group_name'] === group && row['key'] === key)
        .slice(0, 1);
    },
  },
  {
    pattern:
      /^delete from bus\.parked where group_name = \$1 and position = \$2 and ordinal = \$3$/,
    run(execution) {
      const [group_name, position, ordinal] = execution.parameters;
      execution.session.remove(PARKED, keyOf({ group_name, position, ordinal }));
      return NO_ROWS;
    },
  },
  {
    pattern: /^update bus\.parked set attempts = attempts \+ 1/,
    run(execution) {
      const [group_name, position, ordinal, error] = execution.parameters;
      const key = keyOf({ group_name, position, ordinal });
      const row = execution.session.get(PARKED, key);
      if (row)
        execution.session.put(PARKED, key, {
          ...row,
          attempts: (row['attempts'] as number) + 1,
          error,
        });
      return NO_ROWS;
    },
  },
];

/** The statements of consumer groups. */
export const BUS_STATEMENTS: readonly Statement[] = [...groups, ...parked];
