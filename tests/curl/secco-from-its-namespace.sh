#!/bin/sh
# A service's first name, as its own namespace sees it: an alias of the whole name.
. "$(dirname "$0")/ask.sh"

answer=$(ask '/dns-query/ns/dns-playground?name=secco' | part Answer)
alias="{\"name\":\"secco.\",\"type\":5,\"TTL\":30,\"data\":\"$secco.\"}"
expect 'alias and address' "[$alias,{\"name\":\"$secco.\",\"type\":1,\"TTL\":30,\"data\":\"10.101.195.184\"}]" "$answer"
ok
