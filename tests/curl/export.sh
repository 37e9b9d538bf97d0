#!/bin/sh
# A zone file goes in and comes out again as a zone file, a hosts file and JSON. It needs the right to write.
. "$(dirname "$0")/ask.sh"

imports="/api/v1/entry-imports?source=curl-zone"
cat > "$work/zone" << 'ZONE'
$ORIGIN export.curl.example.
$TTL 300
www     IN A    192.0.2.90
    60  IN TXT  "one ; two" ( "three" ) ; and a comment
ftp     IN CNAME www
ZONE
code=$(ask "$imports" -o "$work/report" -w '%{http_code}' -H 'content-type: text/dns' --data-binary "@$work/zone")
expect "POST, which said $(cat "$work/report")" 200 "$code"

zone=$(ask '/api/v1/entry-exports?format=zone&source=curl-zone' | sed 1d)
expect 'the zone file' 'ftp.export.curl.example. 300 IN CNAME www.export.curl.example.
www.export.curl.example. 300 IN A 192.0.2.90
www.export.curl.example. 60 IN TXT "one ; two" "three"' "$zone"
hosts=$(ask '/api/v1/entry-exports?format=hosts&suffix=export.curl.example' | grep -v '^#')
expect 'the hosts file' '192.0.2.90 www.export.curl.example' "$hosts"
ask '/api/v1/entry-exports?source=curl-zone' > "$work/json"
report=$(ask '/api/v1/entry-imports' -H 'content-type: application/json' --data-binary "@$work/json" | sed 's/,"skipped".*//')
expect 'the JSON, taken back' '{"created":0,"changed":0,"deleted":0,"unchanged":3' "$report"

report=$(ask "$imports&mode=replace" -H 'content-type: text/dns' --data-binary '; none any more' | sed 's/,"skipped".*//')
expect 'its end' '{"created":0,"changed":0,"deleted":3,"unchanged":0' "$report"
ok
