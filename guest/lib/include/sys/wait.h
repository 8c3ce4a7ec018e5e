/* How a child ended.
 *
 *   15       8 7 6         0
 *   +---------+-+-----------+
 *   | status  |C| signal    |     signal 0: ended by exit(status); C: a core file was written
 *   +---------+-+-----------+
 */
#ifndef TRIVIUM_GUEST_LIB_SYS_WAIT_H
#define TRIVIUM_GUEST_LIB_SYS_WAIT_H

#include <sys/types.h>

#define WNOHANG             1

#define WTERMSIG(status)    ((status)&0x7f)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WIFEXITED(status)   (WTERMSIG(status) == 0)
#define WIFSIGNALED(status) (WTERMSIG(status) != 0 && WTERMSIG(status) != 0x7f)

pid_t waitpid(pid_t pid, int *status, int options);
pid_t wait(int *status);

#endif
