#!/bin/sh
# Run once by the PostgreSQL image, on an empty data folder: two logins, one that owns the log and one that serves it.
# The second may read and append through a function; it can change nothing that is recorded.
set -eu
# psql reads the passwords from their files itself, so that they stand in no command line and in no environment.
psql --set ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set owner_password `cat "$ASSAY_OWNER_PASSWORD_FILE"`
\set app_password `cat "$ASSAY_APP_PASSWORD_FILE"`
CREATE ROLE assay_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE assay_app LOGIN PASSWORD :'app_password';
CREATE DATABASE assay_main OWNER assay_owner;
REVOKE ALL ON DATABASE assay_main FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE assay_main TO assay_app;
SQL
