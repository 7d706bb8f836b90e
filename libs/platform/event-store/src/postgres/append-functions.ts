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

const APPEND_ONE = `
create function event_store.append_one(
  p_stream text, p_expected bigint, p_event_id uuid, p_type text, p_schema_version integer,
  p_head text, p_tail text,
  out verdict integer, out actual bigint, out last_position bigint, out recorded_at text
) language plpgsql as $$
declare
  v_recorded timestamptz(3);
  v_is_known boolean;
  v_body text;
begin ${ISOLATION_CHECK}
  perform ${LOCK};
  select coalesce((select e.version from event_store.events e
                   where e.stream_id = p_stream order by e.version desc limit 1), -1),
         exists (select from event_store.events e where e.event_id = p_event_id),
         coalesce((select e.position from event_store.events e order by e.position desc limit 1), 0),
         greatest((select e.recorded_at from event_store.events e order by e.position desc limit 1),
                  date_trunc('milliseconds', clock_timestamp()))
    into actual, v_is_known, last_position, v_recorded;
  if v_is_known then
    verdict := 2;
  elsif not (p_expected = actual or p_expected = -2 or (p_expected = -3 and actual >= 0)) then
    verdict := 1;
  else
    verdict := 0;
    recorded_at := to_char(v_recorded at time zone 'UTC', ${INSTANT});
    v_body := p_head || recorded_at || p_tail;
    insert into event_store.events (position, event_id, stream_id, category, version, type,
                                    schema_version, recorded_at, body, leaf_hash)
    values (last_position + 1, p_event_id, p_stream, split_part(p_stream, '-', 1), actual + 1, p_type,
            p_schema_version, v_recorded, v_body,
            sha256('\\x00'::bytea || convert_to(v_body, 'UTF8')));
  end if;
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
  v_actuals bigint[];
  v_verdicts integer[] := array_fill(0, array[p_command_count]);
  v_command integer;
begin ${ISOLATION_CHECK}
  perform ${LOCK};
  select coalesce((select e.position from event_store.events e order by e.position desc limit 1), 0),
         greatest((select e.recorded_at from event_store.events e order by e.position desc limit 1),
                  date_trunc('milliseconds', clock_timestamp())),
         array(select coalesce((select e.version from event_store.events e
                                where e.stream_id = w.stream order by e.version desc limit 1), -1)
               from unnest(string_to_array(p_streams, c_separator)) with ordinality as w(stream, no)
               order by w.no)
    into last_position, v_recorded, v_actuals;
  for v_command in
    select w.command from unnest(p_commands, p_expected, v_actuals) as w(command, expected, actual)
    where not (w.expected = w.actual or w.expected = -2 or (w.expected = -3 and w.actual >= 0))
  loop
    v_verdicts[v_command] := 1;
  end loop;
  for v_command in
    select u.command from unnest(p_event_ids, p_event_commands) as u(id, command)
    where exists (select from event_store.events e where e.event_id = u.id)
  loop
    v_verdicts[v_command] := 2;
  end loop;
  recorded_at := to_char(v_recorded at time zone 'UTC', ${INSTANT});
  insert into event_store.events (position, event_id, stream_id, category, version, type,
                                  schema_version, recorded_at, body, leaf_hash)
  select last_position + row_number() over (order by u.no), u.id, u.stream,
         split_part(u.stream, '-', 1), v_actuals[u.write] + u.place, u.type, u.schema_version,
         v_recorded, u.head || recorded_at || u.tail,
         sha256('\\x00'::bytea || convert_to(u.head || recorded_at || u.tail, 'UTF8'))
  from unnest(p_event_ids, p_event_commands, p_event_writes, p_offsets, p_schema_versions,
              string_to_array(p_event_streams, c_separator), string_to_array(p_types, c_separator),
              string_to_array(p_heads, c_separator), string_to_array(p_tails, c_separator))
       with ordinality as u(id, command, write, place, schema_version, stream, type, head, tail, no)
  where v_verdicts[u.command] = 0;
  verdicts := array_to_string(v_verdicts, ',');
  actuals := array_to_string(v_actuals, ',');
end $$;
`;

export const APPEND_FUNCTIONS = APPEND_ONE + APPEND_BATCH;
