# question: a DNS message that asks for secco's address (RFC 1035 4.1). Its header, the labels of the name, type A, class IN.
question() {
    printf '\000\000\001\000\000\001\000\000\000\000\000\000'
    printf '\005secco\016dns-playground\003svc\007cluster\005local\000'
    printf '\000\001\000\001'
}

# The reply's header: the same identity, an authoritative answer with recursion, one question and one record.
header=000085800001000100000000
# Its last octets: 10.101.195.184.
address=0a65c3b8
