#!/bin/sh
# A service of the cluster by its whole name, from nowhere in particular.
. "$(dirname "$0")/ask.sh"

answer=$(ask "/dns-query?name=$secco" | part Answer)
expect 'its cluster address' "[{\"name\":\"$secco.\",\"type\":1,\"TTL\":30,\"data\":\"10.101.195.184\"}]" "$answer"
ok
