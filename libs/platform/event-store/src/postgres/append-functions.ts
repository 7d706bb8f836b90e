/**
 * The append lock is taken in a statement of its own: a statement that waits for a lock
 * keeps the snapshot it began with, so what reads the log must be a later statement. The lock is held
 * until the commit is visible, which makes commit order position order.
 *
 * Expected revisions: a version, or -1 no stream, -2 any, -3 the stream exists.
 * Verdicts: 0 appended, 1 wrong revision, 2 an event id is in the log already.
 */
const LOCK = 'pg_advisory_xact_lock(1701733729, 1)';

const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

/** Order of positions needs a fresh snapshot per statement, which only this isolation level gives. */
const ISOLATION_CHECK = `
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'appends need transaction isolation read committed';
  end if;`;

/**
 * Per write: command number, stream, expected revision. Per event: number of its write and of its
 * command, place in its write from 1, and its columns. Texts come joined by U+001F, which canonical
 * JSON escapes and names may not hold: splitting is several times cheaper than reading an array.
 * No two commands of a batch share a stream or an event id.
 */
const appendBatch = (isKnown: string) => `
create or replace function event_store.append_batch(
  p_command_count integer, p_commands integer[], p_streams text, p_expected bigint[],
  p_event_commands integer[], p_event_writes integer[], p_offsets integer[],
  p_event_streams text, p_event_ids uuid[], p_types text, p_schema_versions integer[],
  p_heads text, p_tails text,
  out last_position bigint, out recorded_at text, out verdicts text, out actuals text
) language plpgsql as $$
declare
  c_separator constant text := E'\\x1f';
  v_recorded timestamptz(3);
  v_streams text[] := string_to_array(p_streams, c_separator);
  v_event_streams text[] := string_to_array(p_event_streams, c_separator);
  v_types text[] := string_to_array(p_types, c_separator);
  v_heads text[] := string_to_array(p_heads, c_separator);
  v_tails text[] := string_to_array(p_tails, c_separator);
  v_actuals bigint[];
  v_verdicts integer[] := array_fill(0, array[p_command_count]);
  v_accepted integer[];
  v_command integer;
begin ${ISOLATION_CHECK}
  perform ${LOCK};
  select coalesce((select e.position from event_store.events e order by e.position desc limit 1), 0),
         greatest((select e.recorded_at from event_store.events e order by e.position desc limit 1),
                  date_trunc('milliseconds', clock_timestamp())),
         array(select coalesce((select e.version from event_store.events e
                                where e.stream_id = v_streams[w] order by e.version desc limit 1), -1)
               from generate_series(1, cardinality(v_streams)) as w)
    into last_position, v_recorded, v_actuals;
  for v_command in
    select p_commands[w] from generate_series(1, cardinality(v_streams)) as w
    where not (p_expected[w] = v_actuals[w] or p_expected[w] = -2
               or (p_expected[w] = -3 and v_actuals[w] >= 0))
  loop
    v_verdicts[v_command] := 1;
  end loop;
  for v_command in
    select p_event_commands[n] from generate_series(1, cardinality(p_event_ids)) as n
    where ${isKnown}
  loop
    v_verdicts[v_command] := 2;
  end loop;
  v_accepted := array(select n from generate_series(1, cardinality(p_event_ids)) as n
                      where v_verdicts[p_event_commands[n]] = 0);
  recorded_at := to_char(v_recorded at time zone 'UTC', ${INSTANT});
  insert into event_store.events (position, event_id, stream_id, category, version, type,
                                  schema_version, recorded_at, body, leaf_hash)
  select last_position + place, p_event_ids[n], v_event_streams[n],
         split_part(v_event_streams[n], '-', 1), v_actuals[p_event_writes[n]] + p_offsets[n],
         v_types[n], p_schema_versions[n], v_recorded, v_heads[n] || recorded_at || v_tails[n],
         sha256('\\x00'::bytea || convert_to(v_heads[n] || recorded_at || v_tails[n], 'UTF8'))
  from unnest(v_accepted) with ordinality as accepted(n, place);
  verdicts := array_to_string(v_verdicts, ',');
  actuals := array_to_string(v_actuals, ',');
end $$;
`;

/** As first released: the planner could take it for a join, and read the whole log to know a few ids. */
export const APPEND_FUNCTIONS = appendBatch(
  'exists (select from event_store.events e where e.event_id = p_event_ids[n])',
);

/** Each id is looked up by itself, whatever the planner knows of the table. */
export const APPEND_BY_LOOKUP = appendBatch(
  '(select true from event_store.events e where e.event_id = p_event_ids[n] limit 1)',
);

/**
 * One event right after the position this process knows as the last, in a single statement: what a
 * plain INSERT costs and little more. It adds nothing when another append is under way, and fails on a
 * unique key when the log has moved on, the stream is elsewhere or the event is known; the batch
 * function then answers. It may read the log before it has the lock, because the key of the next
 * position proves afterwards that nothing came in between.
 */
export const APPEND_NEXT = `
insert into event_store.events (position, event_id, stream_id, category, version, type,
                                schema_version, recorded_at, body, leaf_hash)
select $1::bigint + 1, $2::uuid, $3::text, split_part($3::text, '-', 1), $4::bigint, $5::text,
       $6::integer, log.recorded_at, $7::text || log.instant || $8::text,
       sha256('\\x00'::bytea || convert_to($7::text || log.instant || $8::text, 'UTF8'))
from (select last.recorded_at, to_char(last.recorded_at at time zone 'UTC', ${INSTANT}) as instant
      from (select greatest(e.recorded_at, date_trunc('milliseconds', clock_timestamp()))
                     as recorded_at
            from event_store.events e where e.position = $1::bigint offset 0) as last
      offset 0) as log
where pg_try_advisory_xact_lock(1701733729, 1)
  and ($4::bigint = 0 or exists (select from event_store.events e
                                 where e.stream_id = $3::text and e.version = $4::bigint - 1))
returning to_char(recorded_at at time zone 'UTC', ${INSTANT}) as recorded_at`;
