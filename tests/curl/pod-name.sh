#!/bin/sh
# A pod by its address with dashes.
. "$(dirname "$0")/ask.sh"

name=10-244-0-7.dns-playground.pod.cluster.local
answer=$(ask "/dns-query?name=$name" | part Answer)
expect 'its address' "[{\"name\":\"$name.\",\"type\":1,\"TTL\":30,\"data\":\"10.244.0.7\"}]" "$answer"
ok
