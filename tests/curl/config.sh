#!/bin/sh
# What is configured, and where it comes from. It needs the right to look.
. "$(dirname "$0")/ask.sh"

expect 'Hosts:Ttl' '{"key":"Hosts:Ttl","value":"30","source":"default","live":true}' \
    "$(ask /api/v1/config | grep -o '{"key":"Hosts:Ttl"[^}]*}')"
ok
