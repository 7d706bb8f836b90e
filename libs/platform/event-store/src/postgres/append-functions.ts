/**
 * Both functions take the append lock in a statement of its own: a statement that waits for a lock
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
 * Straight line for one command with one event: everything is checked by the one INSERT. When it adds
 * nothing, the second statement says why.
 */
const APPEND_ONE = `
create function event_store.append_one(
  p_stream text, p_expected bigint, p_event_id uuid, p_type text, p_schema_version integer,
  p_head text, p_tail text,
  out verdict integer, out actual bigint, out last_position bigint, out recorded_at text
) language plpgsql as $$
begin ${ISOLATION_CHECK}
  perform ${LOCK};
  insert into event_store.events (position, event_id, stream_id, category, version, type,
                                  schema_version, recorded_at, body, leaf_hash)
  select last.position + 1, p_event_id, p_stream, split_part(p_stream, '-', 1), stream.version + 1,
         p_type, p_schema_version, last.recorded_at,
         p_head || to_char(last.recorded_at at time zone 'UTC', ${INSTANT}) || p_tail,
         sha256('\\x00'::bytea || convert_to(
           p_head || to_char(last.recorded_at at time zone 'UTC', ${INSTANT}) || p_tail, 'UTF8'))
  from (select e.position,
               greatest(e.recorded_at, date_trunc('milliseconds', clock_timestamp())) as recorded_at
        from event_store.events e order by e.position desc limit 1) as last,
       (select coalesce((select e.version from event_store.events e
                         where e.stream_id = p_stream order by e.version desc limit 1), -1) as version
       ) as stream
  where (p_expected = stream.version or p_expected = -2
         or (p_expected = -3 and stream.version >= 0))
    and not exists (select from event_store.events e where e.event_id = p_event_id)
  returning 0, events.version - 1, events.position - 1,
            to_char(events.recorded_at at time zone 'UTC', ${INSTANT})
  into verdict, actual, last_position, recorded_at;
end $$;
`;

/**
 * Per write: command number, stream, expected revision. Per event: number of its write and of its
 * command, place in its write from 1, and its columns. Texts come joined by U+001F, which canonical
 * JSON escapes and names may not hold: splitting is several times cheaper than reading an array.
 * No two commands of a batch share a stream or an event id.
 */
const APPEND_BATCH = `
create function event_store.append_batch(
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
    where exists (select from event_store.events e where e.event_id = p_event_ids[n])
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

export const APPEND_FUNCTIONS = APPEND_ONE + APPEND_BATCH;
