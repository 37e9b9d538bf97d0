#!/bin/sh
# dig by DNS over HTTPS, as a pod of the namespace would ask. It needs dig, and KUBEDOH_HTTPS where the port is not 8443.
. "$(dirname "$0")/ask.sh"

address=${KUBEDOH_HTTPS:-127.0.0.1:8443}
found=$(dig "@${address%:*}" -p "${address##*:}" +https=/dns-query/ns/dns-playground +tries=1 +short secco A | tr '\n' ' ')
expect 'alias and address' "$secco. 10.101.195.184 " "$found"
ok
