-- What each event says of the trader's limits, what its reading changed, and why entries wait. Null in rows of rules before 6.
ALTER TABLE "risk_state" ADD COLUMN "limit_states" jsonb;
--> statement-breakpoint
ALTER TABLE "risk_state" ADD COLUMN "undo" jsonb;
--> statement-breakpoint
ALTER TABLE "risk_state" ADD COLUMN "decision_code" text;
--> statement-breakpoint
ALTER TABLE "risk_state_history" ADD COLUMN "limit_states" jsonb;
--> statement-breakpoint
ALTER TABLE "risk_state_history" ADD COLUMN "undo" jsonb;
--> statement-breakpoint
ALTER TABLE "risk_state_history" ADD COLUMN "decision_code" text;
--> statement-breakpoint
ALTER TABLE "risk_state_at_cut" ADD COLUMN "limit_states" jsonb;
--> statement-breakpoint
ALTER TABLE "risk_state_at_cut" ADD COLUMN "undo" jsonb;
--> statement-breakpoint
ALTER TABLE "risk_state_at_cut" ADD COLUMN "decision_code" text;
--> statement-breakpoint
-- The limits of each trader after its newest event.
CREATE TABLE "risk_limit_state" (
	"trader_id" text NOT NULL,
	"limit_name" text NOT NULL,
	"measure" text NOT NULL,
	"reference" numeric,
	"line" numeric,
	"blocks_at" numeric,
	"tested" numeric,
	"room" numeric,
	"percent" numeric,
	"active" boolean NOT NULL,
	"uncomputable" text,
	"version" bigint NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"effective_at" timestamp with time zone NOT NULL,
	"stream_seq" bigint NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "risk_limit_state_pkey" PRIMARY KEY("trader_id","limit_name")
);
--> statement-breakpoint
-- The limits that a column limit_states holds, one a row; of null none.
CREATE FUNCTION "risk_limits_of"("limit_states" jsonb) RETURNS TABLE (
	"limit_name" text,
	"measure" text,
	"reference" numeric,
	"line" numeric,
	"blocks_at" numeric,
	"tested" numeric,
	"room" numeric,
	"percent" numeric,
	"active" boolean,
	"uncomputable" text
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 2
AS $$
	-- What is as it nearly always is, events do not say: a loss, active, that blocks at its line. The room says what is tested.
	SELECT
		name,
		COALESCE(measure, 'loss'),
		reference,
		line,
		CASE WHEN blocks IS FALSE THEN NULL ELSE COALESCE("blocksAt", line) END,
		trim_scale(CASE WHEN measure = 'profit' THEN line - room ELSE line + room END),
		room,
		percent,
		COALESCE(active, true),
		uncomputable
	FROM jsonb_to_recordset("limit_states") AS one (
		name text,
		measure text,
		reference numeric,
		line numeric,
		blocks boolean,
		"blocksAt" numeric,
		room numeric,
		percent numeric,
		active boolean,
		uncomputable text
	)
$$;
--> statement-breakpoint
-- As before, with the new columns.
CREATE OR REPLACE FUNCTION "risk_state_at"("at" timestamptz) RETURNS SETOF "risk_state"
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
AS $$
	SELECT
		trader.trader_id,
		event.version,
		event.recorded_at,
		event.effective_at,
		event.event_type,
		event.stream_seq,
		event.input_seq,
		event.tick_seq,
		event.daily_pnl,
		event.drawdown_pct,
		event.current_equity,
		event.peak_equity,
		event.first_equity,
		event.balance,
		event.day_equity,
		event.day_balance,
		event.trading_paused,
		event.paused_until,
		event.last_reset_time,
		event.next_reset_at,
		event.config_version,
		event.rules_version,
		event.enforced,
		event.trace_id,
		event.reason,
		event.detail,
		event.updated_at,
		event.limit_states,
		event.undo,
		event.decision_code
	FROM risk_state AS trader
	CROSS JOIN LATERAL (
		(
			SELECT *
			FROM risk_state_history AS history
			WHERE history.trader_id = trader.trader_id AND history.effective_at <= "at"
			ORDER BY history.effective_at DESC, history.version DESC
			LIMIT 1
		)
		UNION ALL
		SELECT *
		FROM risk_state_at_cut AS cut
		WHERE cut.trader_id = trader.trader_id AND cut.effective_at <= "at"
		ORDER BY effective_at DESC, version DESC
		LIMIT 1
	) AS event
$$;
--> statement-breakpoint
-- The limits of every trader at an instant: those of the last of its events whose effective_at is not after it.
CREATE FUNCTION "risk_limit_state_at"("at" timestamptz) RETURNS SETOF "risk_limit_state"
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2000
AS $$
	SELECT
		state.trader_id,
		one.limit_name,
		one.measure,
		one.reference,
		one.line,
		one.blocks_at,
		one.tested,
		one.room,
		one.percent,
		one.active,
		one.uncomputable,
		state.version,
		state.recorded_at,
		state.effective_at,
		state.stream_seq,
		state.updated_at
	FROM risk_state_at("at") AS state
	CROSS JOIN LATERAL risk_limits_of(state.limit_states) AS one
$$;
