#!/bin/sh
# An entry for every name below one. It needs the right to write.
. "$(dirname "$0")/ask.sh"

path='/api/v1/entries/*.wild.curl.example/A'
code=$(ask "$path" -g -o "$work/reply" -w '%{http_code}' -X PUT -H 'content-type: application/json' -d '{"ttl":60,"records":["192.0.2.78"]}')
expect "PUT, which said $(cat "$work/reply")" 201 "$code"
answer=$(ask '/resolve?name=any.wild.curl.example' | part Answer)
expect 'a name below' '[{"name":"any.wild.curl.example.","type":1,"TTL":60,"data":"192.0.2.78"}]' "$answer"
answer=$(ask '/resolve?name=wild.curl.example' | part Answer)
expect 'the name itself' '' "$answer"
code=$(ask "$path" -g -o "$work/reply" -w '%{http_code}' -X DELETE)
expect "DELETE, which said $(cat "$work/reply")" 204 "$code"
ok
