#!/bin/sh
# A service's named port: priority, weight, port and name.
. "$(dirname "$0")/ask.sh"

name=_https._tcp.kubernetes.default.svc.cluster.local
answer=$(ask "/dns-query?name=$name&type=SRV" | part Answer)
expect 'port 443' "[{\"name\":\"$name.\",\"type\":33,\"TTL\":30,\"data\":\"0 100 443 kubernetes.default.svc.cluster.local.\"}]" "$answer"
ok
