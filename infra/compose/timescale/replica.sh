#!/bin/sh
# A replica of the database "timescale", for reads: copied from it at the first start, then following it.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  echo "copying the database from timescale"
  pg_basebackup --host timescale --username replicator --no-password --pgdata "$PGDATA" --wal-method stream --write-recovery-conf
  chmod 700 "$PGDATA"
fi
exec docker-entrypoint.sh postgres
