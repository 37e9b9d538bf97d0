/* Prints the addresses of a name as the C library's own resolver finds them, a line each, or why there are none. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>

int main(int count, char **arguments)
{
    if (count != 2) return 64;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int error = getaddrinfo(arguments[1], NULL, &hints, &found);
    if (error != 0) {
        puts(gai_strerror(error));
        return 2;
    }

    for (; found != NULL; found = found->ai_next) {
        char text[INET6_ADDRSTRLEN];
        const void *address = found->ai_family == AF_INET
            ? (const void *)&((const struct sockaddr_in *)found->ai_addr)->sin_addr
            : (const void *)&((const struct sockaddr_in6 *)found->ai_addr)->sin6_addr;
        puts(inet_ntop(found->ai_family, address, text, sizeof text));
    }

    return 0;
}
