#!/bin/sh
# Several types in one call: what there is of them, and the SOA that says what there is not.
. "$(dirname "$0")/ask.sh"

ask '/dns-query?name=dns-playground.external&type=A,AAAA' > "$work/reply"
question=$(part Question < "$work/reply")
expect 'both questions' '[{"name":"dns-playground.external.","type":1},{"name":"dns-playground.external.","type":28}]' "$question"
answer=$(part Answer < "$work/reply")
expect 'the address' '[{"name":"dns-playground.external.","type":1,"TTL":30,"data":"203.0.113.9"}]' "$answer"
authority=$(part Authority < "$work/reply" | grep -c '"type":6')
expect 'one SOA' 1 "$authority"
ok
