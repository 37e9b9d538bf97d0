#!/bin/sh
# A DNS message in the URL, in base64url without padding (RFC 8484 4.1).
. "$(dirname "$0")/ask.sh"
. "$(dirname "$0")/question.sh"

message=$(question | base64 | tr -d '=\n' | tr '+/' '-_')
reply=$(ask "/dns-query?dns=$message" | octets)
expect 'header' "$header" "$(printf %s "$reply" | cut -c 1-24)"
expect 'address' "$address" "$(printf %s "$reply" | tail -c 8)"
ok
