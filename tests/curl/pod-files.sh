#!/bin/sh
# The resolv.conf and the hosts file that the kubelet gives a pod. It needs the right to look.
. "$(dirname "$0")/ask.sh"

expect 'its policy is None' \
    'nameserver 192.0.2.53
search ns1.svc.cluster-domain.example my.dns.search.suffix
options ndots:2 edns0' \
    "$(ask /api/v1/pods/spec/dnsconfig-0/resolv.conf)"
expect 'hostname and subdomain' '10.244.1.10	my-pet.headless.spec.svc.cluster.local	my-pet' "$(ask /api/v1/pods/spec/headless-0/hosts | grep 10.244)"
expect 'a namespace' 'search spec.svc.cluster.local svc.cluster.local cluster.local' "$(ask /api/v1/namespaces/spec/resolv.conf | grep search)"
ok
