-- What a writer may not do itself, because it does not own the tables: making partitions and dropping what is no longer kept.
-- These run with the rights of the owner, and do nothing else. They look for tables in their own schema only; a temporary
-- table of the caller is looked for last, where it cannot stand in for one of ours.
DO $migration$
DECLARE
	schema_name text := current_schema();
BEGIN
	-- Makes the partition of a month, written like 2026-03, where there is none and the history still keeps that month. Does
	-- nothing in a history that is a hypertable.
	EXECUTE format($create$
		CREATE FUNCTION "risk_create_history_partition"("month" text) RETURNS void
		LANGUAGE plpgsql SECURITY DEFINER SET search_path = %1$I, pg_catalog, pg_temp
		AS $function$
		DECLARE
			begins timestamptz := ("month" || '-01 00:00:00+00')::timestamptz;
			ends timestamptz := ((begins AT TIME ZONE 'UTC') + INTERVAL '1 month') AT TIME ZONE 'UTC';
		BEGIN
			IF "month" !~ '^\d{4}-\d{2}$' THEN
				RAISE EXCEPTION 'a month is written like "2026-03", got "%%"', "month";
			END IF;
			-- IF NOT EXISTS does not see a partition that another transaction is just making; behind the lock it does.
			PERFORM pg_advisory_xact_lock(hashtextextended('drawbridge history partitions', 0));
			IF (SELECT relkind = 'p' FROM pg_class WHERE oid = 'risk_state_history'::regclass)
				AND (SELECT kept_from < ends FROM risk_retention)
				AND NOT EXISTS (
					SELECT FROM pg_inherits
					JOIN pg_class AS part ON part.oid = inhrelid
					WHERE inhparent = 'risk_state_history'::regclass
						AND (regexp_match(pg_get_expr(relpartbound, part.oid), 'FROM \(''([^'']+)''\)'))[1]::timestamptz <= begins
						AND (regexp_match(pg_get_expr(relpartbound, part.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz >= ends
				)
			THEN
				EXECUTE format(
					'CREATE TABLE IF NOT EXISTS %%I PARTITION OF risk_state_history FOR VALUES FROM (%%L) TO (%%L)',
					'risk_state_history_' || replace("month", '-', '_'), begins, ends
				);
			END IF;
		END
		$function$
	$create$, schema_name);

	-- Says that events of more than so many days ago are no longer kept; whole days in UTC. It moves forward only.
	EXECUTE format($create$
		CREATE FUNCTION "risk_move_history_cut"("days" integer) RETURNS void
		LANGUAGE plpgsql SECURITY DEFINER SET search_path = %1$I, pg_catalog, pg_temp
		AS $function$
		DECLARE
			cut timestamptz := (date_trunc('day', now() AT TIME ZONE 'UTC') - make_interval(days => "days")) AT TIME ZONE 'UTC';
		BEGIN
			IF "days" IS NULL OR "days" < 1 THEN
				RAISE EXCEPTION 'the history is kept for 1 day at least, got %%', "days";
			END IF;
			UPDATE risk_retention SET kept_from = cut WHERE kept_from < cut;
		END
		$function$
	$create$, schema_name);

	-- Drops a chunk or partition that holds nothing but what is no longer kept, and keeps the last event of each trader in it.
	EXECUTE format($create$
		CREATE FUNCTION "risk_drop_history_part"("part" regclass, "part_begins" timestamptz, "part_ends" timestamptz) RETURNS void
		LANGUAGE plpgsql SECURITY DEFINER SET search_path = %1$I, pg_catalog, pg_temp
		AS $function$
		DECLARE
			is_native boolean := (SELECT relkind = 'p' FROM pg_class WHERE oid = 'risk_state_history'::regclass);
			changes text := (
				SELECT string_agg(format('%%1$I = EXCLUDED.%%1$I', attname), ', ')
				FROM pg_attribute
				WHERE attrelid = 'risk_state_at_cut'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'trader_id'
			);
			names text := (
				SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
				FROM pg_attribute
				WHERE attrelid = 'risk_state_at_cut'::regclass AND attnum > 0 AND NOT attisdropped
			);
			is_part boolean;
		BEGIN
			IF is_native THEN
				is_part := EXISTS (
					SELECT FROM pg_inherits JOIN pg_class ON oid = inhrelid
					WHERE inhrelid = "part" AND inhparent = 'risk_state_history'::regclass
						AND (regexp_match(pg_get_expr(relpartbound, oid), 'FROM \(''([^'']+)''\)'))[1]::timestamptz = "part_begins"
						AND (regexp_match(pg_get_expr(relpartbound, oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz = "part_ends"
				);
			ELSE
				EXECUTE 'SELECT EXISTS (
					SELECT FROM timescaledb_information.chunks
					WHERE hypertable_name = ''risk_state_history'' AND hypertable_schema = current_schema()
						AND format(''%%I.%%I'', chunk_schema, chunk_name)::regclass = $1 AND range_start = $2 AND range_end = $3
				)' INTO is_part USING "part", "part_begins", "part_ends";
			END IF;
			IF NOT is_part OR (SELECT kept_from < "part_ends" FROM risk_retention) THEN
				RAISE EXCEPTION '%% is no part of the history that is no longer kept', "part";
			END IF;
			EXECUTE format('LOCK TABLE %%s IN ACCESS EXCLUSIVE MODE', "part");
			EXECUTE format(
				'INSERT INTO risk_state_at_cut AS cut (%%1$s)
				SELECT %%1$s
				FROM (
					SELECT last.*
					FROM risk_state AS trader
					CROSS JOIN LATERAL (
						SELECT * FROM risk_state_history AS history
						WHERE history.trader_id = trader.trader_id AND recorded_at >= $1 AND recorded_at < $2
						ORDER BY version DESC
						LIMIT 1
					) AS last
				) AS carried
				ORDER BY trader_id
				ON CONFLICT (trader_id) DO UPDATE SET %%2$s WHERE cut.version < EXCLUDED.version',
				names, changes
			) USING "part_begins", "part_ends";
			IF is_native THEN
				EXECUTE format('DROP TABLE %%s', "part");
			ELSE
				EXECUTE format(
					'SELECT %%I.drop_chunks(''risk_state_history'', older_than => $1)',
					(SELECT nspname FROM pg_extension JOIN pg_namespace AS n ON n.oid = extnamespace WHERE extname = 'timescaledb')
				) USING "part_ends";
			END IF;
		END
		$function$
	$create$, schema_name);
END
$migration$;
--> statement-breakpoint
-- Whom they serve is said by roles.ts, each time that the database is brought up to date.
REVOKE ALL ON FUNCTION
	"risk_create_history_partition"(text),
	"risk_move_history_cut"(integer),
	"risk_drop_history_part"(regclass, timestamptz, timestamptz)
FROM PUBLIC;
