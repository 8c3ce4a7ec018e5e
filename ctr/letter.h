/*
 * letter.h: a descriptor that one process hands to another one, through a socket (SCM_RIGHTS in
 * unix(7)). Until it is taken out it is in the socket, whatever becomes of the sender.
 */
#ifndef TRIVIUM_CTR_LETTER_H
#define TRIVIUM_CTR_LETTER_H

#include <stdbool.h>

/* -1: errno tells why. The sender may close fd. */
int letter_send(int socket, int fd);

/* The descriptor; -1: there is none, nor will there be. `wait`: until there is one. */
int letter_receive(int socket, bool wait);

#endif
