#!/bin/sh
# How the upstreams do, each with its address and its state. It needs the right to look.
. "$(dirname "$0")/ask.sh"

states=$(ask /api/v1/upstreams | grep -o '"state":"[a-z]*"' | sort -u | head -n 1)
expect 'the state of an upstream' '"state":"healthy"' "$states"
ok
