#!/bin/sh
# The sources in the order in which they are asked. It needs the right to look.
. "$(dirname "$0")/ask.sh"

names=$(ask /api/v1/sources | grep -o '{"name":"[a-zA-Z]*","ready":true,"description"' | cut -d '"' -f 4 | tr '\n' ' ')
expect 'the sources that are ready' 'hostAliases entries hosts cluster special forward ' "$names"
ok
