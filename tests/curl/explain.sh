#!/bin/sh
# Why a name does not resolve: the likely cause, and a command that leads on. It needs the right to look.
. "$(dirname "$0")/ask.sh"

ask '/api/v1/explain?name=secco.default.svc.cluster.local.' -H accept:text/plain > "$work/page"
expect 'verdict' 'NXDOMAIN  secco.default.svc.cluster.local does not exist, says cluster.' "$(head -n 1 "$work/page")"
expect 'finding' 1 "$(grep -c '^problem   There is a service secco in the namespace dns-playground; it was$' "$work/page")"

sed -n 's/^    try:  //p' "$work/page" | sh > "$work/next" 2> /dev/null
expect 'what it says to try' 'findings  none' "$(tail -n 1 "$work/next")"

finding=$(ask '/api/v1/explain?name=secco.default.svc.cluster.local.' | sed -n 's/.*"kind":"\([a-z-]*\)","weight".*/\1/p')
expect 'finding in JSON' other-namespace "$finding"
expect 'healthy name' '[]' "$(ask '/api/v1/explain?name=secco&ns=dns-playground' | sed -n 's/.*"findings":\(\[\]\).*/\1/p')"
ok
