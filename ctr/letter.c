/* letter.c: sending and receiving descriptors; see letter.h. */
#include "ctr/letter.h"

#include <string.h>
#include <sys/socket.h>

/* A message with a descriptor in it. */
struct letter {
    struct msghdr header;
    struct iovec text;
    char byte;
    _Alignas(size_t) char control[CMSG_SPACE(sizeof(int))];
};

static void letter_init(struct letter *letter)
{
    *letter = (struct letter){.byte = 'm'};
    letter->text = (struct iovec){.iov_base = &letter->byte, .iov_len = 1};
    letter->header = (struct msghdr){
        .msg_iov = &letter->text,
        .msg_iovlen = 1,
        .msg_control = letter->control,
        .msg_controllen = sizeof letter->control,
    };
}

int letter_send(int socket, int fd)
{
    struct letter letter;
    struct cmsghdr *part;

    letter_init(&letter);
    part = CMSG_FIRSTHDR(&letter.header);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(part), &fd, sizeof fd);
    return sendmsg(socket, &letter.header, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int letter_receive(int socket, bool wait)
{
    struct letter letter;
    const struct cmsghdr *part;
    int fd = -1;

    letter_init(&letter);
    if (recvmsg(socket, &letter.header, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT)) != 1)
        return -1;
    part = CMSG_FIRSTHDR(&letter.header);
    if (part != NULL && part->cmsg_type == SCM_RIGHTS && part->cmsg_len == CMSG_LEN(sizeof fd))
        memcpy(&fd, CMSG_DATA(part), sizeof fd);
    return fd;
}
