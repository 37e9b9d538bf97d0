#!/bin/sh
# Every use, one script each, against a service that serves the sample cluster: tests/curl/all.sh [http://127.0.0.1:8053]
# What each prints last is ok or the difference; the exit code is 1 where there is any.
cd "$(dirname "$0")" || exit 1
code=0
for use in *.sh; do
    case $use in
        all.sh | ask.sh | question.sh) continue ;;
    esac
    "./$use" "$@" || code=1
done
exit $code
