#!/bin/sh
# A name that only one pod knows: a line of its hosts file. Its namespace does not know it.
. "$(dirname "$0")/ask.sh"

pod=dns-playground/zerocalcare-dns-mgmt-65fdcb74cf-hmxrr
known='[{"name":"kubernello.local.","type":1,"TTL":30,"data":"10.96.0.1"}]'
expect 'by path' "$known" "$(ask "/dns-query/pod/$pod?name=kubernello.local" | part Answer)"
expect 'by parameter' "$known" "$(ask "/dns-query?pod=$pod&name=kubernello.local" | part Answer)"
expect 'its namespace' 3 "$(ask '/dns-query/ns/dns-playground?name=kubernello.local' | status)"
expect 'no such pod' 404 "$(ask '/dns-query/pod/dns-playground/nobody?name=x' -o /dev/null -w '%{http_code}')"
ok
