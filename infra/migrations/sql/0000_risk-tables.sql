-- An applied migration is never edited: add the next one.
-- The first draft of a migration is made from src/schema.ts by drizzle-kit; partitions are written here by hand.
CREATE TABLE "risk_state" (
	"trader_id" text NOT NULL,
	"version" bigint NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"effective_at" timestamp with time zone NOT NULL,
	"event_type" text NOT NULL,
	"stream_seq" bigint NOT NULL,
	"input_seq" bigint NOT NULL,
	"tick_seq" bigint,
	"daily_pnl" numeric,
	"drawdown_pct" numeric,
	"current_equity" numeric,
	"peak_equity" numeric,
	"first_equity" numeric,
	"balance" numeric,
	"day_equity" numeric,
	"day_balance" numeric,
	"trading_paused" boolean NOT NULL,
	"paused_until" timestamp with time zone,
	"last_reset_time" timestamp with time zone,
	"next_reset_at" timestamp with time zone,
	"config_version" bigint NOT NULL,
	"rules_version" integer NOT NULL,
	"enforced" boolean NOT NULL,
	"trace_id" text,
	"reason" text,
	"detail" jsonb,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "risk_state_pkey" PRIMARY KEY("trader_id")
);
--> statement-breakpoint
-- The history is a hypertable where TimescaleDB is installed, and else natively partitioned by the same column. There
-- is no default partition: it would take rows of a month that has no partition yet, and then no longer let it be made.
DO $$
DECLARE
	timescale boolean := EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb');
BEGIN
	EXECUTE 'CREATE TABLE "risk_state_history" (
		LIKE "risk_state" INCLUDING DEFAULTS,
		CONSTRAINT "risk_state_history_pkey" PRIMARY KEY("trader_id","version","recorded_at")
	)' || CASE WHEN timescale THEN '' ELSE ' PARTITION BY RANGE ("recorded_at")' END;
	IF timescale THEN
		PERFORM create_hypertable('risk_state_history', by_range('recorded_at', INTERVAL '7 days'), create_default_indexes => false);
	END IF;
END
$$;
--> statement-breakpoint
CREATE INDEX "risk_state_history_effective_at" ON "risk_state_history" USING btree ("trader_id","effective_at");
--> statement-breakpoint
CREATE TABLE "risk_config_history" (
	"kind" text NOT NULL,
	"input_seq" bigint NOT NULL,
	"stream_seq" bigint NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"reason" text,
	"by" text,
	"detail" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "risk_config_history_pkey" PRIMARY KEY("kind","input_seq")
);
--> statement-breakpoint
CREATE TABLE "risk_log_epoch" (
	"stream" text PRIMARY KEY NOT NULL,
	"created" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
-- A day's first event says what the day began with: the reset's fact, or on the first day the baseline of the first tick.
CREATE VIEW "risk_daily_pnl" AS
WITH days AS (
	SELECT
		trader_id,
		last_reset_time,
		(array_agg(
			coalesce(
				(jsonb_path_query_first(detail, '$.facts[*] ? (@.kind == "day-started").equity') #>> '{}')::numeric,
				day_equity
			) ORDER BY version
		))[1] AS start_equity,
		(array_agg(current_equity ORDER BY version DESC))[1] AS end_equity,
		coalesce(sum((
			SELECT sum((fact ->> 'amount')::numeric)
			FROM jsonb_path_query(detail, '$.facts[*] ? (@.kind == "cash-flow")') AS fact
		)), 0) AS cash_flow,
		max(drawdown_pct) AS drawdown_pct_max,
		(count(*) FILTER (WHERE event_type = 'breach'))::integer AS breaches,
		count(*)::integer AS events
	FROM risk_state_history
	WHERE last_reset_time IS NOT NULL
	GROUP BY trader_id, last_reset_time
)
SELECT
	trader_id,
	last_reset_time,
	start_equity,
	end_equity,
	cash_flow,
	end_equity - start_equity - cash_flow AS daily_pnl,
	drawdown_pct_max,
	breaches,
	events
FROM days;
