/**
 * The log's tables and functions. A published migration is never edited; a change is a new one.
 * No head or stream table exists, on purpose: a hot row grows slower behind every open snapshot.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE assay.event (
  position       bigint  PRIMARY KEY,
  stream         text    COLLATE "C" NOT NULL,
  revision       bigint  NOT NULL,
  id             uuid    NOT NULL,
  type           text    COLLATE "C" NOT NULL,
  schema_version integer NOT NULL,
  body           bytea   NOT NULL,
  meta           bytea   NOT NULL,
  actor          text    COLLATE "C",
  command_id     text    COLLATE "C",
  recorded_at    bigint  NOT NULL,
  CONSTRAINT event_stream_revision UNIQUE (stream, revision),
  CONSTRAINT event_id UNIQUE (id)
);

-- One row: which log this is, and its clock (architecture.md, Time).
CREATE TABLE assay.log (
  one               boolean PRIMARY KEY DEFAULT true CHECK (one),
  id                uuid    NOT NULL DEFAULT gen_random_uuid(),
  simulated         boolean NOT NULL DEFAULT false,
  offset_ms         bigint  NOT NULL DEFAULT 0,
  lease             uuid,
  lease_until       bigint,
  step_accepted_at  bigint
);
INSERT INTO assay.log DEFAULT VALUES;

CREATE FUNCTION assay.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only: % is refused', TG_OP USING ERRCODE = '42501';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON assay.event
  FOR EACH STATEMENT EXECUTE FUNCTION assay.refuse_change();
ALTER TABLE assay.event ENABLE ALWAYS TRIGGER event_append_only;

-- Milliseconds since 1970, by the database's clock. Apart, so that a test may put a clock of its own here.
CREATE FUNCTION assay.clock() RETURNS bigint LANGUAGE sql VOLATILE AS
  $$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;
`,
  `
-- Events of a group come as arrays; append i is the events first[i] to last[i]. The plain answer is base and recorded
-- (all accepted, positions in order from base); otherwise statuses and what goes with each.
CREATE FUNCTION assay.append(
  p_streams text[], p_expected bigint[], p_first integer[], p_last integer[],
  p_event_streams text[], p_revisions bigint[], p_ids uuid[], p_types text[], p_versions integer[],
  p_bodies bytea[], p_metas bytea[], p_actors text[], p_commands text[],
  p_distinct boolean, p_lease uuid, p_instant bigint, p_offset bigint,
  OUT base bigint, OUT recorded bigint, OUT statuses text[], OUT revisions bigint[], OUT positions bigint[], OUT times bigint[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
  v_now bigint;
  v_log record;
  v_refusal text;
  v_first integer;
  v_last integer;
  v_head bigint;
  v_found record;
BEGIN
  PERFORM pg_advisory_xact_lock(4701337);
  v_now := assay.clock();
  SELECT l.*, e.position, e.recorded_at INTO v_log
    FROM assay.log l LEFT JOIN LATERAL (SELECT position, recorded_at FROM assay.event ORDER BY position DESC LIMIT 1) e ON true;
  base := coalesce(v_log.position, -1) + 1;

  IF v_log.simulated THEN
    v_refusal := CASE WHEN p_lease IS NULL OR p_lease IS DISTINCT FROM v_log.lease THEN 'LEASED' WHEN p_instant IS NULL THEN 'INSTANT_MISSING' WHEN p_instant > v_now THEN 'AHEAD' END;
    recorded := greatest(v_log.recorded_at, p_instant);
  ELSIF p_instant IS NOT NULL THEN
    v_refusal := 'NOT_SIMULATED';
  ELSE
    recorded := greatest(v_log.recorded_at, v_now + v_log.offset_ms);
    IF recorded - (v_now + v_log.offset_ms) > 5000 AND v_log.step_accepted_at IS DISTINCT FROM v_log.recorded_at THEN
      v_refusal := 'CLOCK_BEHIND';
      IF p_types = ARRAY['ClockStepAccepted'] THEN v_refusal := NULL; END IF;
    END IF;
  END IF;

  IF v_refusal IS NULL AND p_distinct THEN
    IF array_length(p_ids, 1) = 1 THEN
      SELECT e.revision INTO v_head FROM assay.event e WHERE e.stream = p_streams[1] ORDER BY e.revision DESC LIMIT 1;
      IF coalesce(v_head, -1) = p_expected[1] AND NOT EXISTS (SELECT FROM assay.event e WHERE e.id = p_ids[1]) THEN
        INSERT INTO assay.event VALUES (base, p_streams[1], p_revisions[1], p_ids[1], p_types[1], p_versions[1], p_bodies[1], p_metas[1], p_actors[1], p_commands[1], recorded);
        IF p_types[1] = 'ClockStepAccepted' THEN
          UPDATE assay.log SET step_accepted_at = recorded;
        ELSIF p_offset IS NOT NULL THEN
          UPDATE assay.log SET simulated = false, offset_ms = p_offset, lease = NULL, lease_until = NULL WHERE simulated;
        END IF;
        RETURN;
      END IF;
    ELSIF NOT EXISTS (
        SELECT FROM unnest(p_streams, p_expected) a(stream, expected)
          LEFT JOIN LATERAL (SELECT h.revision FROM assay.event h WHERE h.stream = a.stream ORDER BY h.revision DESC LIMIT 1) h ON true
         WHERE coalesce(h.revision, -1) <> a.expected)
      AND NOT EXISTS (SELECT FROM unnest(p_ids) i(id) JOIN assay.event e ON e.id = i.id) THEN
      INSERT INTO assay.event
        SELECT base + n - 1, e.stream, e.revision, e.id, e.type, e.version, e.body, e.meta, e.actor, e.command, recorded
          FROM unnest(p_event_streams, p_revisions, p_ids, p_types, p_versions, p_bodies, p_metas, p_actors, p_commands)
          WITH ORDINALITY e(stream, revision, id, type, version, body, meta, actor, command, n);
      IF p_offset IS NOT NULL THEN
        UPDATE assay.log SET simulated = false, offset_ms = p_offset, lease = NULL, lease_until = NULL WHERE simulated;
      END IF;
      RETURN;
    END IF;
  END IF;

  revisions := array_fill(NULL::bigint, ARRAY[array_length(p_streams, 1)]);
  positions := revisions;
  times := revisions;
  -- In queue order, each seeing what those before it in the group have added.
  FOR i IN 1 .. array_length(p_streams, 1) LOOP
    v_first := p_first[i];
    v_last := p_last[i];
    SELECT count(*) AS known, max(e.position) AS position, max(e.recorded_at) AS recorded_at,
           count(*) FILTER (WHERE (e.stream, e.revision, e.type, e.schema_version, e.body, e.meta)
                                = (p_streams[i], a.revision, a.type, a.version, a.body, a.meta)) AS same
      INTO v_found
      FROM unnest(p_ids[v_first:v_last], p_revisions[v_first:v_last], p_types[v_first:v_last], p_versions[v_first:v_last], p_bodies[v_first:v_last], p_metas[v_first:v_last])
           a(id, revision, type, version, body, meta)
      JOIN assay.event e ON e.id = a.id;
    SELECT e.revision INTO v_head FROM assay.event e WHERE e.stream = p_streams[i] ORDER BY e.revision DESC LIMIT 1;
    v_head := coalesce(v_head, -1);
    IF v_found.same = v_last - v_first + 1 THEN
      statuses[i] := 'REPEATED'; revisions[i] := p_revisions[v_last]; positions[i] := v_found.position; times[i] := v_found.recorded_at;
    ELSIF v_found.known > 0 THEN
      statuses[i] := 'MISMATCH'; revisions[i] := v_head;
    ELSIF v_refusal IS NOT NULL THEN
      statuses[i] := v_refusal; times[i] := v_log.recorded_at; revisions[i] := v_now;
    ELSIF v_head <> p_expected[i] THEN
      statuses[i] := 'CONFLICT'; revisions[i] := v_head;
    ELSE
      INSERT INTO assay.event
        SELECT base + n - 1, p_streams[i], e.revision, e.id, e.type, e.version, e.body, e.meta, e.actor, e.command, recorded
          FROM unnest(p_revisions[v_first:v_last], p_ids[v_first:v_last], p_types[v_first:v_last], p_versions[v_first:v_last], p_bodies[v_first:v_last],
                      p_metas[v_first:v_last], p_actors[v_first:v_last], p_commands[v_first:v_last])
          WITH ORDINALITY e(revision, id, type, version, body, meta, actor, command, n);
      base := base + v_last - v_first + 1;
      statuses[i] := 'APPENDED'; revisions[i] := p_revisions[v_last]; positions[i] := base - 1; times[i] := recorded;
    END IF;
  END LOOP;
END $$;

-- max(last recordedAt, the clock); a simulated log's clock is its loader's, so here only what it has recorded counts.
CREATE FUNCTION assay.log_now() RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT greatest((SELECT e.recorded_at FROM assay.event e ORDER BY e.position DESC LIMIT 1),
                  CASE WHEN l.simulated THEN NULL ELSE assay.clock() + l.offset_ms END)
    FROM assay.log l $$;

-- The last position recorded at or before a time, -1 where none is. recorded_at never decreases with the position,
-- so halving finds it without an index of its own.
CREATE FUNCTION assay.position_at(p_time bigint) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_low bigint := -1;
  v_high bigint := coalesce((SELECT e.position FROM assay.event e ORDER BY e.position DESC LIMIT 1), -1);
  v_middle bigint;
BEGIN
  WHILE v_low < v_high LOOP
    v_middle := (v_low + v_high + 1) / 2;
    IF (SELECT e.recorded_at FROM assay.event e WHERE e.position = v_middle) <= p_time THEN v_low := v_middle; ELSE v_high := v_middle - 1; END IF;
  END LOOP;
  RETURN v_low;
END $$;

-- Takes or renews the writer lease of a simulated log; an empty log becomes one. 'OK', 'REAL' or 'LEASED'.
CREATE FUNCTION assay.take_lease(p_lease uuid, p_ttl_ms bigint) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_log assay.log;
  v_now bigint := assay.clock();
BEGIN
  PERFORM pg_advisory_xact_lock(4701337);
  SELECT * INTO v_log FROM assay.log;
  IF NOT v_log.simulated AND EXISTS (SELECT FROM assay.event) THEN RETURN 'REAL'; END IF;
  IF v_log.lease IS DISTINCT FROM p_lease AND v_log.lease_until > v_now THEN RETURN 'LEASED'; END IF;
  UPDATE assay.log SET simulated = true, lease = p_lease, lease_until = v_now + p_ttl_ms;
  RETURN 'OK';
END $$;

CREATE FUNCTION assay.release_lease(p_lease uuid) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
  $$ UPDATE assay.log SET lease = NULL, lease_until = NULL WHERE lease = p_lease $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assay FROM PUBLIC;
`,
  `
-- What a lone writer calls: one plain event, in scalars. Building and taking apart a dozen arrays of one would take
-- longer than looking up and inserting. It answers NULL, having done nothing, wherever more than the plain case is to be
-- decided; assay.append does that.
CREATE FUNCTION assay.append_one(
  p_stream text, p_expected bigint, p_id uuid, p_type text, p_version integer, p_body bytea, p_meta bytea, p_actor text, p_command text,
  OUT base bigint, OUT recorded bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
  v_now bigint;
  v_log record;
  v_head bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(4701337);
  v_now := assay.clock();
  SELECT l.simulated, l.offset_ms, e.position, e.recorded_at INTO v_log
    FROM assay.log l LEFT JOIN LATERAL (SELECT position, recorded_at FROM assay.event ORDER BY position DESC LIMIT 1) e ON true;
  v_now := v_now + v_log.offset_ms;
  SELECT e.revision INTO v_head FROM assay.event e WHERE e.stream = p_stream ORDER BY e.revision DESC LIMIT 1;
  IF v_log.simulated OR v_log.recorded_at - v_now > 5000 OR coalesce(v_head, -1) <> p_expected
     OR p_type IN ('ClockStepAccepted', 'SimulationEnded') OR EXISTS (SELECT FROM assay.event e WHERE e.id = p_id) THEN
    RETURN;
  END IF;
  base := coalesce(v_log.position, -1) + 1;
  recorded := greatest(v_log.recorded_at, v_now);
  INSERT INTO assay.event VALUES (base, p_stream, p_expected + 1, p_id, p_type, p_version, p_body, p_meta, p_actor, p_command, recorded);
END $$;

REVOKE ALL ON FUNCTION assay.append_one FROM PUBLIC;
`,
];

/** What the app login may do, and no more: read, and append through the functions. */
export const grantsTo = (appRole: string): string => `
GRANT USAGE ON SCHEMA assay TO ${appRole};
GRANT SELECT ON assay.event, assay.log, assay.migration TO ${appRole};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA assay TO ${appRole};
`;
