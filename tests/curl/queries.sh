#!/bin/sh
# What is asked, as it happens and summed up. It needs the right to look.
. "$(dirname "$0")/ask.sh"

name=asked$$.svc.cluster.local.
: > "$work/events"
curl -sN --max-time 20 "$service/api/v1/queries?rcode=NXDOMAIN&suffix=$name" > "$work/events" &
watcher=$!
until grep -q '^data: ' "$work/events"; do
    kill -0 $watcher 2> /dev/null || break
    ask "/resolve?name=$name" > /dev/null
    sleep 0.1
done
kill $watcher 2> /dev/null
seen=$(sed -n 's/^data: .*"name":"\([^"]*\)","type":"A","rcode":"NXDOMAIN","source":"cluster".*/\1/p' "$work/events" | head -n 1)
expect 'event' $name "$seen"
expect 'no address of a caller in it' 0 "$(grep -c '"client"' "$work/events")"
count=$(ask '/api/v1/queries/summary?minutes=10&limit=32' | grep -o '"nxDomain":\[[^]]*\]' | grep -c "\"name\":\"$name\"")
expect 'summary' 1 "$count"
expect 'filter that is none' 400 "$(ask '/api/v1/queries?rcode=NOTHING' -o "$work/problem" -w '%{http_code}')"
ok
