#!/bin/sh
# The same first name from elsewhere is nobody's: not from another namespace, and not from none.
. "$(dirname "$0")/ask.sh"

answer=$(ask '/dns-query/ns/default?name=secco' | part Answer)
expect 'seen from default' '' "$answer"
answer=$(ask '/dns-query?name=secco' | part Answer)
expect 'seen from nowhere' '' "$answer"

answer=$(ask '/dns-query/ns/default?name=secco.dns-playground' | part Answer | grep -c '"10.101.195.184"')
expect 'with its namespace behind it' 1 "$answer"
ok
