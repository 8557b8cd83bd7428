-- What the history still holds: every event whose recorded_at is not before kept_from. It moves forward only, and one that
-- stores an event holds the row while it does, so that nothing older is written once it has moved.
CREATE TABLE "risk_retention" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"kept_from" timestamp with time zone DEFAULT '-infinity' NOT NULL,
	"maintained_at" timestamp with time zone,
	CONSTRAINT "risk_retention_only" CHECK ("only")
);
--> statement-breakpoint
INSERT INTO "risk_retention" DEFAULT VALUES;
--> statement-breakpoint
-- The last event of each trader that the history does not hold any more. Without it nobody could say how a trader stood
-- between kept_from and its first event after that.
CREATE TABLE "risk_state_at_cut" (
	LIKE "risk_state" INCLUDING DEFAULTS,
	CONSTRAINT "risk_state_at_cut_pkey" PRIMARY KEY("trader_id")
);
--> statement-breakpoint
-- As before, and from the event at the cut on where the history holds none that is as old.
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
		event.updated_at
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
