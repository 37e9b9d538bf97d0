#!/bin/sh
# A name is forgotten: nothing is kept for it afterwards. It needs the right to write.
. "$(dirname "$0")/ask.sh"

ask '/resolve?name=www.example.com' > "$work/reply"
expect 'DELETE' 204 "$(ask /api/v1/cache/www.example.com/A -o "$work/reply" -w '%{http_code}' -X DELETE)"
expect 'what is kept' '[]' "$(ask '/api/v1/cache?name=www.example.com' | part answers)"
ok
