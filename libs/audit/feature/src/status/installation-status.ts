import type { ClientBase } from 'pg';
import { hasEventLog } from '../backup/backed-up-tables';
import { CommandRefused } from '../command-refused';

export type ProjectionPlace = {
  readonly name: string;
  readonly version: number;
  readonly position: number;
  readonly lag: number;
};

export type GroupPlace = {
  readonly group: string;
  readonly position: number;
  readonly lag: number;
  readonly parked: number;
};

/** Where an installation stands, as its database tells. */
export type InstallationStatus = {
  readonly position: number;
  readonly lastRecordedAt: string | null;
  readonly projections: readonly ProjectionPlace[];
  readonly groups: readonly GroupPlace[];
};

/** Reads the places of the log, the read models and the consumers at one moment. */
export async function readStatus(client: ClientBase): Promise<InstallationStatus> {
  if (!(await hasEventLog(client)))
    throw new CommandRefused('this database has no event log: start the product on it first');
  await client.query('begin isolation level repeatable read read only');
  const [last] = (
    await client.query<{ position: number | string; recorded_at: Date }>(
      'select position, recorded_at from event_store.events order by position desc limit 1',
    )
  ).rows;
  const position = Number(last?.position ?? 0);
  const projections = await client.query<Omit<ProjectionPlace, 'lag'>>(
    'select name, version, position from platform.projections order by name',
  );
  const groups = await client.query<Omit<GroupPlace, 'lag'>>(
    `select group_name as group, position,
            (select count(*)::integer from bus.parked p where p.group_name = g.group_name) as parked
     from bus.consumer_groups g order by group_name`,
  );
  await client.query('commit');
  const withLag = <Place extends { readonly position: number | string }>(place: Place) => {
    const at = Number(place.position);
    return { ...place, position: at, lag: Math.max(0, position - at) };
  };
  return {
    position,
    lastRecordedAt: last?.recorded_at.toISOString() ?? null,
    projections: projections.rows.map(withLag),
    groups: groups.rows.map(withLag),
  };
}
