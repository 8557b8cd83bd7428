import type { Step } from './copy-transaction.ts'

/**
 * Lets a transaction through only while the tables are bound to this log, and keeps them bound to it until its end. A batch
 * that was held up, while the log was lost and another one adopted, would else be stored beside what was decided since.
 */
export function holdEpoch(stream: string, created: string): Step {
  const [streamText, createdText] = [literal(stream), literal(created)]
  return {
    sql: `DO $hold$ BEGIN
      PERFORM FROM risk_log_epoch WHERE stream = ${streamText} AND created = ${createdText} FOR SHARE;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'the tables are no longer bound to the stream % created at %', ${streamText}, ${createdText}
          USING ERRCODE = 'DB001';
      END IF;
    END $hold$`,
  }
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
