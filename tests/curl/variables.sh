#!/bin/sh
# The variables of services that a container starts with, taken into this shell. It needs the right to look.
. "$(dirname "$0")/ask.sh"

eval "$(ask '/api/v1/pods/dns-playground/secco-cff76b474-kzqcp/env?format=export')"
expect 'the service' '10.101.195.184:80' "$SECCO_SERVICE_HOST:$SECCO_SERVICE_PORT"
expect 'as Docker named it' 'tcp://10.101.195.184:80' "$SECCO_PORT_80_TCP"
expect 'kubernetes' '10.96.0.1' "$KUBERNETES_SERVICE_HOST"
ok
