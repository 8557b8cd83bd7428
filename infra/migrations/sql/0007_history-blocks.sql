-- What 64 events of a trader in a row say together, so that a read of years need not look at each of them. Made from the history,
-- a while after it (by persisters, with their maintenance), and only where all 64 are there and know the equity; what has no block is read event
-- by event. Nothing else depends on it.
CREATE TABLE "risk_history_block" (
	"trader_id" text NOT NULL,
	"block" bigint NOT NULL,
	"effective_from" timestamp with time zone NOT NULL,
	"effective_until" timestamp with time zone NOT NULL,
	"recorded_from" timestamp with time zone NOT NULL,
	"recorded_until" timestamp with time zone NOT NULL,
	"low" numeric NOT NULL,
	"high" numeric NOT NULL,
	"drawdown_pct" numeric,
	"at_peak" boolean NOT NULL,
	"decision_code" text,
	"last_reset_time" timestamp with time zone,
	"has_detail" boolean NOT NULL,
	CONSTRAINT "risk_history_block_pkey" PRIMARY KEY("trader_id","block")
);
--> statement-breakpoint
CREATE INDEX "risk_history_block_effective_from" ON "risk_history_block" USING btree ("trader_id","effective_from");
--> statement-breakpoint
-- Whoever changes or removes events, a rebuild or a person, leaves no block that says otherwise. Events that are added are in
-- no block yet.
CREATE FUNCTION "risk_forget_history_blocks"() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE format('DELETE FROM %I.risk_history_block', TG_TABLE_SCHEMA);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "risk_forget_history_blocks" AFTER UPDATE OR DELETE OR TRUNCATE ON "risk_state_history"
FOR EACH STATEMENT EXECUTE FUNCTION "risk_forget_history_blocks"();
--> statement-breakpoint
-- A part that is dropped takes the blocks of its events with it.
DO $migration$
BEGIN
	EXECUTE replace(
		pg_get_functiondef('risk_drop_history_part(regclass, timestamptz, timestamptz)'::regprocedure),
		'EXECUTE format(''LOCK TABLE',
		'DELETE FROM risk_history_block WHERE recorded_from < "part_ends";
			EXECUTE format(''LOCK TABLE'
	);
END
$migration$;
