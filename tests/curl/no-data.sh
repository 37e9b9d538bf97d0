#!/bin/sh
# A name that has nothing of the type (NODATA, status 0) is not one that does not exist (NXDOMAIN, status 3).
. "$(dirname "$0")/ask.sh"

ask "/dns-query?name=$secco&type=AAAA" > "$work/reply"
expect 'NODATA: status' 0 "$(status < "$work/reply")"
expect 'NODATA: answer' '' "$(part Answer < "$work/reply")"
expect 'NODATA: SOA' 1 "$(part Authority < "$work/reply" | grep -c '"type":6')"

ask '/dns-query?name=nobody.dns-playground.svc.cluster.local' > "$work/reply"
expect 'NXDOMAIN: status' 3 "$(status < "$work/reply")"
expect 'NXDOMAIN: SOA' 1 "$(part Authority < "$work/reply" | grep -c '"type":6')"
ok
