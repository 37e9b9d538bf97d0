#!/bin/sh
# What Prometheus reads: a question more is one more in the count.
. "$(dirname "$0")/ask.sh"

questions() {
    ask /metrics | sed -n 's/^coredns_dns_requests_total{.*type="TXT"} //p' | awk '{ sum += $1 } END { print sum + 0 }'
}

before=$(questions)
ask '/resolve?name=dns-version.cluster.local&type=TXT' > /dev/null
expect 'questions for TXT since' 1 "$(($(questions) - before))"
ok
