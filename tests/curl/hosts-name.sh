#!/bin/sh
# A name of the hosts file.
. "$(dirname "$0")/ask.sh"

answer=$(ask '/dns-query?name=dns-playground.external' | part Answer)
expect 'its address' '[{"name":"dns-playground.external.","type":1,"TTL":30,"data":"203.0.113.9"}]' "$answer"
ok
