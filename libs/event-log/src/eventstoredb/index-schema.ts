/**
 * The order index of a log on an event store (`architecture.md`, Order index): tables and functions in the database of the
 * read models. It follows from the log and is made again from it; a published migration is never edited all the same.
 */
export const INDEX_MIGRATIONS: readonly string[] = [
  `
CREATE TABLE order_index.entry (
  ordinal         bigint PRIMARY KEY,
  engine_position bigint NOT NULL,
  recorded_at     bigint NOT NULL,
  stream          text   COLLATE "C" NOT NULL,
  revision        bigint NOT NULL,
  id              uuid   NOT NULL,
  type            text   COLLATE "C" NOT NULL,
  actor           text   COLLATE "C",
  command_id      text   COLLATE "C",
  CONSTRAINT entry_engine_position UNIQUE (engine_position),
  CONSTRAINT entry_stream_revision UNIQUE (stream, revision)
);
-- Not unique: the engine takes an id again at another place, and the index says what the log holds.
CREATE INDEX entry_id ON order_index.entry (id);

-- One row: which log this is, its clock (architecture.md, Time), and who keeps the index.
CREATE TABLE order_index.log (
  one               boolean PRIMARY KEY DEFAULT true CHECK (one),
  id                uuid,
  simulated         boolean NOT NULL DEFAULT false,
  offset_ms         bigint  NOT NULL DEFAULT 0,
  lease             uuid,
  lease_until       bigint,
  step_accepted_at  bigint,
  keeper            text,
  keeper_until      timestamptz,
  fence             bigint  NOT NULL DEFAULT 0
);
INSERT INTO order_index.log DEFAULT VALUES;

-- Milliseconds since 1970, by the database's clock. Apart, so that a test may put a clock of its own here.
CREATE FUNCTION order_index.clock() RETURNS bigint LANGUAGE sql VOLATILE AS
  $$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

-- Says once which log this is, and which it is.
CREATE FUNCTION order_index.adopt(p_id uuid) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_id uuid;
BEGIN
  UPDATE order_index.log SET id = coalesce(id, p_id) RETURNING id INTO v_id;
  RETURN v_id;
END $$;

-- Takes or holds on the right to extend the index: one keeper at a time, on this database's time. NULL while another lives.
CREATE FUNCTION order_index.keep(p_keeper text, p_ttl_ms bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_fence bigint;
BEGIN
  UPDATE order_index.log l
     SET fence = CASE WHEN l.keeper = p_keeper THEN l.fence ELSE l.fence + 1 END, keeper = p_keeper, keeper_until = clock_timestamp() + p_ttl_ms * interval '1 ms'
   WHERE l.keeper IS NULL OR l.keeper = p_keeper OR l.keeper_until < clock_timestamp()
      OR NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.application_name = l.keeper AND a.datname = current_database())
  RETURNING l.fence INTO v_fence;
  RETURN v_fence;
END $$;

CREATE FUNCTION order_index.leave(p_keeper text) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
  $$ UPDATE order_index.log SET keeper = NULL, keeper_until = NULL WHERE keeper = p_keeper $$;

-- Extends the index by what follows (p_last_ordinal, p_last_position). 'OK', or why nothing was done: 'LOST' (another keeps
-- the index), 'MOVED' (it does not end there), 'GAP' (a stream's next revision is missing: an event was not delivered).
CREATE FUNCTION order_index.extend(
  p_fence bigint, p_last_ordinal bigint, p_last_position bigint,
  p_positions bigint[], p_times bigint[], p_streams text[], p_revisions bigint[], p_ids uuid[], p_types text[], p_actors text[], p_commands text[],
  p_simulated boolean, p_offset bigint, p_step_accepted_at bigint)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
  v_log record;
  v_last record;
BEGIN
  SELECT * INTO v_log FROM order_index.log FOR UPDATE;
  IF v_log.fence <> p_fence THEN RETURN 'LOST'; END IF;
  SELECT ordinal, engine_position INTO v_last FROM order_index.entry ORDER BY ordinal DESC LIMIT 1;
  IF coalesce(v_last.ordinal, -1) <> p_last_ordinal OR v_last.engine_position IS DISTINCT FROM p_last_position THEN RETURN 'MOVED'; END IF;
  IF EXISTS (
    SELECT FROM (SELECT e.stream, min(e.revision) AS first, max(e.revision) - min(e.revision) + 1 = count(*) AS whole FROM unnest(p_streams, p_revisions) e(stream, revision) GROUP BY e.stream) n
      LEFT JOIN LATERAL (SELECT h.revision FROM order_index.entry h WHERE h.stream = n.stream ORDER BY h.revision DESC LIMIT 1) h ON true
     WHERE NOT n.whole OR n.first <> coalesce(h.revision, -1) + 1) THEN RETURN 'GAP'; END IF;
  INSERT INTO order_index.entry
    SELECT p_last_ordinal + n, e.position, e.time, e.stream, e.revision, e.id, e.type, e.actor, e.command
      FROM unnest(p_positions, p_times, p_streams, p_revisions, p_ids, p_types, p_actors, p_commands) WITH ORDINALITY e(position, time, stream, revision, id, type, actor, command, n);
  IF (v_log.simulated, v_log.offset_ms, v_log.step_accepted_at) IS DISTINCT FROM (p_simulated, p_offset, p_step_accepted_at) THEN
    UPDATE order_index.log SET simulated = p_simulated, offset_ms = p_offset, step_accepted_at = p_step_accepted_at,
           lease = CASE WHEN p_simulated THEN lease END, lease_until = CASE WHEN p_simulated THEN lease_until END;
  END IF;
  RETURN 'OK';
END $$;

CREATE FUNCTION order_index.log_now() RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT greatest((SELECT e.recorded_at FROM order_index.entry e ORDER BY e.ordinal DESC LIMIT 1),
                  CASE WHEN l.simulated THEN NULL ELSE order_index.clock() + l.offset_ms END)
    FROM order_index.log l $$;

-- The last ordinal recorded at or before a time, -1 where none is: by halving, since recorded_at never decreases.
CREATE FUNCTION order_index.position_at(p_time bigint) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_low bigint := -1;
  v_high bigint := coalesce((SELECT e.ordinal FROM order_index.entry e ORDER BY e.ordinal DESC LIMIT 1), -1);
  v_middle bigint;
BEGIN
  WHILE v_low < v_high LOOP
    v_middle := (v_low + v_high + 1) / 2;
    IF (SELECT e.recorded_at FROM order_index.entry e WHERE e.ordinal = v_middle) <= p_time THEN v_low := v_middle; ELSE v_high := v_middle - 1; END IF;
  END LOOP;
  RETURN v_low;
END $$;

-- Takes or renews the writer lease of a simulated log; an empty log becomes one. 'OK', 'REAL' or 'LEASED'.
CREATE FUNCTION order_index.take_lease(p_lease uuid, p_ttl_ms bigint) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_log order_index.log;
  v_now bigint := order_index.clock();
BEGIN
  SELECT * INTO v_log FROM order_index.log FOR UPDATE;
  IF NOT v_log.simulated AND EXISTS (SELECT FROM order_index.entry) THEN RETURN 'REAL'; END IF;
  IF v_log.lease IS DISTINCT FROM p_lease AND v_log.lease_until > v_now THEN RETURN 'LEASED'; END IF;
  UPDATE order_index.log SET simulated = true, lease = p_lease, lease_until = v_now + p_ttl_ms;
  RETURN 'OK';
END $$;

CREATE FUNCTION order_index.release_lease(p_lease uuid) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
  $$ UPDATE order_index.log SET lease = NULL, lease_until = NULL WHERE lease = p_lease $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA order_index FROM PUBLIC;
`,
  `
-- Of what an event's append says up to it (append-digest.ts); without one where a release that made none kept the index.
ALTER TABLE order_index.entry ADD COLUMN digest uuid;

-- As before, with the digests. A process of the release before goes on with the one it knows.
CREATE FUNCTION order_index.extend(
  p_fence bigint, p_last_ordinal bigint, p_last_position bigint,
  p_positions bigint[], p_times bigint[], p_streams text[], p_revisions bigint[], p_ids uuid[], p_types text[], p_actors text[], p_commands text[],
  p_simulated boolean, p_offset bigint, p_step_accepted_at bigint, p_digests uuid[])
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
  v_log record;
  v_last record;
BEGIN
  SELECT * INTO v_log FROM order_index.log FOR UPDATE;
  IF v_log.fence <> p_fence THEN RETURN 'LOST'; END IF;
  SELECT ordinal, engine_position INTO v_last FROM order_index.entry ORDER BY ordinal DESC LIMIT 1;
  IF coalesce(v_last.ordinal, -1) <> p_last_ordinal OR v_last.engine_position IS DISTINCT FROM p_last_position THEN RETURN 'MOVED'; END IF;
  IF EXISTS (
    SELECT FROM (SELECT e.stream, min(e.revision) AS first, max(e.revision) - min(e.revision) + 1 = count(*) AS whole FROM unnest(p_streams, p_revisions) e(stream, revision) GROUP BY e.stream) n
      LEFT JOIN LATERAL (SELECT h.revision FROM order_index.entry h WHERE h.stream = n.stream ORDER BY h.revision DESC LIMIT 1) h ON true
     WHERE NOT n.whole OR n.first <> coalesce(h.revision, -1) + 1) THEN RETURN 'GAP'; END IF;
  INSERT INTO order_index.entry (ordinal, engine_position, recorded_at, stream, revision, id, type, actor, command_id, digest)
    SELECT p_last_ordinal + n, e.position, e.time, e.stream, e.revision, e.id, e.type, e.actor, e.command, e.digest
      FROM unnest(p_positions, p_times, p_streams, p_revisions, p_ids, p_types, p_actors, p_commands, p_digests) WITH ORDINALITY e(position, time, stream, revision, id, type, actor, command, digest, n);
  IF (v_log.simulated, v_log.offset_ms, v_log.step_accepted_at) IS DISTINCT FROM (p_simulated, p_offset, p_step_accepted_at) THEN
    UPDATE order_index.log SET simulated = p_simulated, offset_ms = p_offset, step_accepted_at = p_step_accepted_at,
           lease = CASE WHEN p_simulated THEN lease END, lease_until = CASE WHEN p_simulated THEN lease_until END;
  END IF;
  RETURN 'OK';
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA order_index FROM PUBLIC;
`,
];

/** What the app login may do with the index, and no more: read, and extend it through the functions. */
export const indexGrantsTo = (appRole: string): string => `
GRANT USAGE ON SCHEMA order_index TO ${appRole};
GRANT SELECT ON order_index.entry, order_index.log, order_index.migration TO ${appRole};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA order_index TO ${appRole};
`;
