#!/bin/sh
# What the cluster would answer at one name, and the object that it comes from. It needs the right to look.
. "$(dirname "$0")/ask.sh"

rrsets=$(ask "/api/v1/records?name=$secco&type=A")
expect "records at $secco" \
    "{\"rrsets\":[{\"name\":\"$secco.\",\"type\":\"A\",\"ttl\":30,\"records\":[\"10.101.195.184\"],\"source\":\"cluster\",\"namespaces\":[],\"origins\":[{\"kind\":\"Service\",\"namespace\":\"dns-playground\",\"name\":\"secco\"}]}]}" \
    "$rrsets"
ok
