#!/bin/sh
# Makes the secrets that the compose files mount, each in a file of its own, in the folder named (secrets where none is).
# What is there already is left alone: a password that changed would no longer open what was made with the old one.
#
#   sh docker/make-secrets.sh
set -eu
folder="${1:-secrets}"
umask 077
mkdir -p "$folder"
# Containers read these files as users of their own, so the files are readable; that nobody else is let in is the folder's part.
chmod 0700 "$folder"

# Hexadecimal, because they also stand in addresses, where other characters would have to be written otherwise.
password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
keep() {
  if [ ! -s "$folder/$1" ]; then
    printf '%s\n' "$2" > "$folder/$1.new"
    chmod 0444 "$folder/$1.new"
    mv "$folder/$1.new" "$folder/$1"
  fi
}

for name in postgres-password owner-password app-password eventstore-admin-password eventstore-ops-password; do
  keep "$name" "$(password)"
done
keep database-owner-url "postgres://assay_owner:$(cat "$folder/owner-password")@database:5432/assay_main"
keep database-url "postgres://assay_app:$(cat "$folder/app-password")@database:5432/assay_main"
keep eventstore-url "esdb://admin:$(cat "$folder/eventstore-admin-password")@eventstore:2113?tls=true"
