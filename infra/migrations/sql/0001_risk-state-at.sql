-- The state of every trader at an instant: the last of its events whose effective_at is not after it. One descent of the
-- index (trader_id, effective_at) for each trader and partition, whatever the length of the history. The trader's id is
-- that of the snapshot, so that a condition on it is applied before the history is looked at.
CREATE FUNCTION "risk_state_at"("at" timestamptz) RETURNS SETOF "risk_state"
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
		SELECT *
		FROM risk_state_history AS history
		WHERE history.trader_id = trader.trader_id AND history.effective_at <= "at"
		ORDER BY history.effective_at DESC, history.version DESC
		LIMIT 1
	) AS event
$$;
