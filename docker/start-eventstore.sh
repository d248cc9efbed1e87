#!/bin/sh
# EventStoreDB takes the first passwords of its users from the environment alone. They come from files here, so that they stand
# neither in the compose file nor in what `docker inspect` shows.
set -eu
EVENTSTORE_DEFAULT_ADMIN_PASSWORD="$(cat /run/secrets/eventstore-admin-password)"
EVENTSTORE_DEFAULT_OPS_PASSWORD="$(cat /run/secrets/eventstore-ops-password)"
export EVENTSTORE_DEFAULT_ADMIN_PASSWORD EVENTSTORE_DEFAULT_OPS_PASSWORD
# In place of this shell, so that it is what Docker's signals reach. Its name differs from release to release.
for server in /opt/eventstore/EventStore.ClusterNode /opt/eventstore/eventstored; do
  if [ -x "$server" ]; then exec "$server" "$@"; fi
done
echo 'no EventStoreDB server in /opt/eventstore; see docker/start-eventstore.sh' >&2
exit 1
