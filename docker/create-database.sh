#!/bin/sh
# Run once by the PostgreSQL image, on an empty data folder: two logins, one that owns the log and one that serves it.
# The second may read and append through a function; it can change nothing that is recorded.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$ASSAY_OWNER_PASSWORD" --set app_password="$ASSAY_APP_PASSWORD" <<'SQL'
CREATE ROLE assay_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE assay_app LOGIN PASSWORD :'app_password';
CREATE DATABASE assay_main OWNER assay_owner;
REVOKE ALL ON DATABASE assay_main FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE assay_main TO assay_app;
SQL
