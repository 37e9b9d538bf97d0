#!/bin/sh
# A name of one's own: added, asked for forwards and backwards, deleted, gone. It needs the right to write.
. "$(dirname "$0")/ask.sh"

path=/api/v1/entries/entry.curl.example/A
code=$(ask $path -o "$work/reply" -w '%{http_code}' -X PUT -H 'content-type: application/json' -d '{"ttl":60,"records":["192.0.2.77"]}')
expect "PUT, which said $(cat "$work/reply")" 201 "$code"
answer=$(ask '/resolve?name=entry.curl.example' | part Answer)
expect 'its address' '[{"name":"entry.curl.example.","type":1,"TTL":60,"data":"192.0.2.77"}]' "$answer"
answer=$(ask '/resolve?name=77.2.0.192.in-addr.arpa&type=PTR' | part Answer)
expect 'its reverse name' '[{"name":"77.2.0.192.in-addr.arpa.","type":12,"TTL":60,"data":"entry.curl.example."}]' "$answer"
code=$(ask $path -o "$work/reply" -w '%{http_code}' -X DELETE)
expect "DELETE, which said $(cat "$work/reply")" 204 "$code"
answer=$(ask '/resolve?name=entry.curl.example' | part Answer)
expect 'once deleted' '' "$answer"
ok
