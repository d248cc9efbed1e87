#!/bin/bash
# Run to its end before EventStoreDB starts: an authority of our own and a certificate for the server, each in a volume of its
# own, so that the server never sees the authority's key and the application sees neither key. With "renew", or once the
# certificate is older than 300 days, the server gets a new one; the authority stays, so the application need not be told.
set -eu
renew() { [ "${1:-}" = renew ] || [ -n "$(find /certificate/node.crt -mtime +300)" ]; }

if [ ! -s /authority/ca.key ]; then
  es-gencert-cli create-ca -days 3650 -out /tmp/authority
  rm -f /trust/ca.crt
  cp /tmp/authority/ca.crt /trust/ca.crt
  chmod 0444 /trust/ca.crt
  # The key last: it is what says that the rest is there.
  cp /tmp/authority/ca.crt /authority/ca.crt
  cp /tmp/authority/ca.key /authority/ca.key.new
  mv -f /authority/ca.key.new /authority/ca.key
fi

if [ ! -s /certificate/node.crt ] || renew "$@"; then
  es-gencert-cli create-node -days 730 -ca-certificate /authority/ca.crt -ca-key /authority/ca.key \
    -out /tmp/node -dns-names eventstore,localhost -ip-addresses 127.0.0.1
  # What says that all is there goes first and comes last, so that an interrupted run is made up for by the next.
  rm -f /certificate/node.crt /certificate/node.key.new /certificate/node.crt.new
  cp /tmp/node/node.key /certificate/node.key.new
  cp /tmp/node/node.crt /certificate/node.crt.new
  chmod 0400 /certificate/node.key.new
  chmod 0444 /certificate/node.crt.new
  # The user that the server runs as in its image.
  chown 1000:1000 /certificate/node.key.new
  # The key that is there is not to be written by root either: without -f mv asks on a terminal whether it may replace it.
  mv -f /certificate/node.key.new /certificate/node.key
  mv -f /certificate/node.crt.new /certificate/node.crt
fi
