-- Every time that an operator bound these tables to another log than the one that they were filled from.
CREATE TABLE "risk_log_adoption" (
	"stream" text NOT NULL,
	"created" text NOT NULL,
	"previous" text,
	"inputs_created" text NOT NULL,
	"inputs_offset" bigint NOT NULL,
	"settled" bigint NOT NULL,
	"by" text NOT NULL,
	"reason" text NOT NULL,
	"begun_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "risk_log_adoption_pkey" PRIMARY KEY("stream","created")
);
