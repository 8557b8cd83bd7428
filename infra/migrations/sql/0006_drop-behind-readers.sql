-- A reader locks the history first and then its parts. Dropping a partition locks them in the same order, so the part may not be
-- locked against readers before: that was a deadlock with every reader that came in between. Nobody may write to the part.
DO $migration$
BEGIN
	EXECUTE replace(
		pg_get_functiondef('risk_drop_history_part(regclass, timestamptz, timestamptz)'::regprocedure),
		'IN ACCESS EXCLUSIVE MODE', 'IN SHARE MODE'
	);
END
$migration$;
