#!/bin/sh
# Four writers count one entry's TTL up, each over what it has read (If-Match): no count is lost. It needs the right to write.
. "$(dirname "$0")/ask.sh"

path=/api/v1/entries/race.curl.example/A
each=3

# put TTL [curl's options]: the status.
put() {
    ttl=$1
    shift
    ask $path -o /dev/null -w '%{http_code}' -X PUT -H 'content-type: application/json' -d "{\"ttl\":$ttl,\"records\":[\"192.0.2.82\"]}" "$@"
}

# count_up N: adds one, N times; where another was first, it reads again.
count_up() {
    left=$1
    while [ "$left" -gt 0 ]; do
        entry=$(ask $path -i)
        tag=$(printf '%s' "$entry" | sed -n 's/^[Ee][Tt]ag: *\("[^"]*"\).*/\1/p')
        seen=$(printf '%s' "$entry" | sed -n 's/.*"ttl":\([0-9]*\).*/\1/p')
        case $(put $((seen + 1)) -H "If-Match: $tag") in
            200) left=$((left - 1)) ;;
            412) ;;
            *) exit 1 ;;
        esac
    done
}

expect 'PUT' 201 "$(put 100 -H 'If-None-Match: *')"
writers=
for writer in 1 2 3 4; do
    count_up $each &
    writers="$writers $!"
done
for writer in $writers; do
    wait "$writer" || expect 'a writer' 'no other status than 200 and 412' 'another'
done
expect 'the count' $((100 + 4 * each)) "$(ask $path | sed -n 's/.*"ttl":\([0-9]*\).*/\1/p')"
expect 'DELETE' 204 "$(ask $path -o "$work/reply" -w '%{http_code}' -X DELETE)"
ok
