#!/bin/sh
# An address leads back to the name of its service.
. "$(dirname "$0")/ask.sh"

answer=$(ask '/dns-query?name=184.195.101.10.in-addr.arpa&type=PTR' | part Answer)
expect 'its name' "[{\"name\":\"184.195.101.10.in-addr.arpa.\",\"type\":12,\"TTL\":30,\"data\":\"$secco.\"}]" "$answer"
ok
