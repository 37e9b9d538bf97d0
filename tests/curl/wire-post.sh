#!/bin/sh
# A DNS message in the body (RFC 8484 4.1).
. "$(dirname "$0")/ask.sh"
. "$(dirname "$0")/question.sh"

reply=$(question | ask /dns-query -H 'content-type: application/dns-message' --data-binary @- | octets)
expect 'header' "$header" "$(printf %s "$reply" | cut -c 1-24)"
expect 'address' "$address" "$(printf %s "$reply" | tail -c 8)"
ok
