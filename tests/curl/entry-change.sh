#!/bin/sh
# An entry in a team: created once, changed in part, replaced only by who has seen it, moved in one step. It needs the right to write.
. "$(dirname "$0")/ask.sh"

entries=/api/v1/entries
path=$entries/change.curl.example/A

# send METHOD PATH BODY [curl's options]: the status; the reply is in $work/reply, its headers in $work/headers.
send() {
    method=$1 target=$2 body=$3
    shift 3
    ask "$target" -o "$work/reply" -D "$work/headers" -w '%{http_code}' -X "$method" -d "$body" "$@"
}

json='content-type: application/json'
tag() {
    sed -n 's/^[Ee][Tt]ag: *\("[^"]*"\).*/\1/p' "$work/headers"
}

new='{"name":"change.curl.example","type":"A","records":["192.0.2.80"],"labels":{"team":"data"}}'
expect 'POST' 201 "$(send POST $entries "$new" -H "$json")"
first=$(tag)
expect 'POST once more' 409 "$(send POST $entries "$new" -H "$json")"
expect 'PATCH' 200 "$(send PATCH $path '{"ttl":30,"labels":{"team":null}}' -H 'content-type: application/merge-patch+json')"
second=$(tag)
expect 'PUT over what was there before' 412 "$(send PUT $path '{"records":["192.0.2.81"]}' -H "$json" -H "If-Match: $first")"
expect 'PUT over what is there' 200 "$(send PUT $path '{"ttl":30,"records":["192.0.2.81"]}' -H "$json" -H "If-Match: $second")"
expect 'GET of what is known already' 304 "$(ask $path -o "$work/reply" -w '%{http_code}' -H "If-None-Match: $(tag)")"
expect 'a try' 409 "$(send PUT "$entries/change.curl.example/CNAME?dryRun=true" '{"records":["a.example"]}' -H "$json")"
move='{"operations":[{"op":"delete","name":"change.curl.example"},{"op":"create","name":"moved.curl.example","type":"A","records":["192.0.2.81"]}]}'
expect 'a move in one step' 200 "$(send POST /api/v1/entry-batches "$move" -H "$json")"
expect 'the old name' 404 "$(ask $path -o "$work/reply" -w '%{http_code}')"
answer=$(ask '/resolve?name=moved.curl.example' | part Answer)
expect 'the new name' '[{"name":"moved.curl.example.","type":1,"TTL":60,"data":"192.0.2.81"}]' "$answer"
changes=$(ask '/api/v1/entry-history?name=change.curl.example&limit=4' | grep -o '"change":"[a-z]*"' | tr -d '\n')
expect 'its history' '"change":"deleted""change":"replaced""change":"replaced""change":"created"' "$changes"
expect 'DELETE' 204 "$(ask $entries/moved.curl.example -o "$work/reply" -w '%{http_code}' -X DELETE)"
ok
