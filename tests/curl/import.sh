#!/bin/sh
# A hosts file: planned, imported, asked for, and replaced by its next version. It needs the right to write.
. "$(dirname "$0")/ask.sh"

imports="/api/v1/entry-imports?source=curl-hosts"
printf '192.0.2.80 one.import.curl.example\n192.0.2.81 two.import.curl.example\n192.0.2.300 typo.import.curl.example\n' > "$work/hosts"
import() { # import QUERY FILE
    ask "$imports$1" -H 'content-type: text/plain' --data-binary "@$2"
}

report=$(import '&dryRun=true' "$work/hosts" | sed 's/,"changes".*//')
expect 'the plan' '{"created":2,"changed":0,"deleted":0,"unchanged":0,"skipped":[{"line":3,"reason":"'"'192.0.2.300' is no IPv4 or IPv6 address"'"}],"skippedCount":1' \
    "$(printf %s "$report" | sed "s/\\\\u0027/'/g")"
answer=$(ask '/resolve?name=one.import.curl.example' | part Answer)
expect 'once planned' '' "$answer"
import '' "$work/hosts" > "$work/report"
answer=$(ask '/resolve?name=one.import.curl.example' | part Answer)
expect 'once imported' '[{"name":"one.import.curl.example.","type":1,"TTL":60,"data":"192.0.2.80"}]' "$answer"

printf '192.0.2.81 two.import.curl.example\n' > "$work/next"
report=$(import '&mode=replace' "$work/next" | sed 's/,"changes".*//')
expect 'its replacement' '{"created":0,"changed":0,"deleted":1,"unchanged":1,"skipped":[],"skippedCount":0' "$report"
printf '# none any more\n' > "$work/none"
report=$(import '&mode=replace' "$work/none" | sed 's/,"changes".*//')
expect 'its end' '{"created":0,"changed":0,"deleted":1,"unchanged":0,"skipped":[],"skippedCount":0' "$report"
ok
