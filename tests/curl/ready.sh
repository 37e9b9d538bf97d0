#!/bin/sh
# What a probe asks.
. "$(dirname "$0")/ask.sh"

expect '/health' 'OK 200' "$(ask /health -w '%{http_code}' | tr '\n' ' ')"
expect '/ready' 'OK 200' "$(ask /ready -w '%{http_code}' | tr '\n' ' ')"
expect '/ready as JSON' '{"ready":true,"unready":[]}' "$(ask /ready -H 'accept: application/json')"
ok
