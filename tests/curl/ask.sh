# What every script here begins with: where the service is, and how a difference is shown.
# The first argument, or KUBEDOH, is its address.
service=${1:-${KUBEDOH:-http://127.0.0.1:8053}}
secco=secco.dns-playground.svc.cluster.local
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ask PATH [curl's options]: what is answered.
ask() {
    path=$1
    shift
    curl -sS --max-time 10 "$@" "$service$path"
}

# part NAME: the array of that name in a JSON answer, "" where it has none.
part() {
    sed -n "s/.*\"$1\":\(\[[^]]*\]\).*/\1/p"
}

# status: the rcode in a JSON answer.
status() {
    sed -n 's/^{"Status":\([0-9]*\).*/\1/p'
}

# octets: what is read, as hexadecimal digits.
octets() {
    od -An -v -tx1 | tr -d ' \n'
}

# expect WHAT WANTED GOT
expect() {
    [ "$2" = "$3" ] && return
    printf '%s: %s\n  wanted %s\n  got    %s\n' "$(basename "$0" .sh)" "$1" "$2" "$3"
    exit 1
}

ok() {
    printf '%s: ok\n' "$(basename "$0" .sh)"
}
