#!/bin/sh
# Changes as they happen, and again from a revision on. It needs the right to write.
. "$(dirname "$0")/ask.sh"

path=/api/v1/entries/watch.curl.example/A
revision=$(ask '/api/v1/entries?limit=1' | grep -o '"revision":[0-9]*' | tail -n 1 | tr -dc 0-9)

# follow FILE [curl's options]: writes the events into the file until there is a deletion among them.
follow() {
    file=$1
    shift
    : > "$file"
    curl -sN --max-time 20 "$@" "$service/api/v1/entry-events" > "$file" &
    watcher=$!
    until grep -q '^id: ' "$file"; do
        kill -0 $watcher 2> /dev/null || break
        sleep 0.1
    done
}

# seen FILE: the events in it, once the deletion is there.
seen() {
    until grep -q '^event: deleted' "$1"; do
        kill -0 $watcher 2> /dev/null || break
        sleep 0.1
    done
    kill $watcher 2> /dev/null
    sed -n 's/^event: //p' "$1" | tr '\n' ' '
}

follow "$work/live"
code=$(ask $path -o "$work/reply" -w '%{http_code}' -X PUT -H 'content-type: application/json' -d '{"records":["192.0.2.83"]}')
expect "PUT, which said $(cat "$work/reply")" 201 "$code"
expect 'DELETE' 204 "$(ask $path -o "$work/reply" -w '%{http_code}' -X DELETE)"
expect 'what was seen' 'created deleted ' "$(seen "$work/live")"
follow "$work/again" -H "Last-Event-ID: $revision"
expect 'what is seen from there on' 'created deleted ' "$(seen "$work/again")"
ok
