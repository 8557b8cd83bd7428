-- The users of the database, each with least privileges (docs/security.md). Run once, as the superuser, when the database is
-- created. Passwords are in files that the service "setup" has made.
\set ON_ERROR_STOP on
\set migrator `cat /run/secrets/drawbridge/migrator.password`
\set persister `cat /run/secrets/drawbridge/persister.password`
\set reader `cat /run/secrets/drawbridge/reader.password`
\set replicator `cat /run/secrets/drawbridge/replicator.password`

CREATE EXTENSION IF NOT EXISTS timescaledb;

-- The groups that get rights from "migrate". They are created here, so that the migrator need not create roles.
CREATE ROLE drawbridge_writer NOLOGIN;
CREATE ROLE drawbridge_retention NOLOGIN;
CREATE ROLE drawbridge_reader NOLOGIN;

CREATE ROLE migrator LOGIN PASSWORD :'migrator';
CREATE ROLE persister LOGIN PASSWORD :'persister' IN ROLE drawbridge_writer;
CREATE ROLE reader LOGIN PASSWORD :'reader' IN ROLE drawbridge_reader;
ALTER DATABASE drawbridge OWNER TO migrator;
REVOKE CONNECT, TEMPORARY ON DATABASE drawbridge FROM PUBLIC;
GRANT CONNECT ON DATABASE drawbridge TO drawbridge_writer, drawbridge_reader;
-- A persister uses temporary tables for its batches.
GRANT TEMPORARY ON DATABASE drawbridge TO drawbridge_writer;

-- For the replica of the cluster profile; harmless without one.
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replicator';
\! echo "host replication replicator samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
