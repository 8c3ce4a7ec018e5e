/* fork_watch.c: stands between the program of lab 1 and its kernel, and watches.
 *
 * The linker sends the student's calls here (--wrap): of pipe, fork, read, write, close, waitpid
 * and the ways to end. What WATCH in the environment asks for happens: "read" or "write", one byte
 * at a time, after a call that a signal interrupts; "fork=N" or "pipe=N", refused from the N-th on.
 * More than FORKS_MAX forks are always refused, so a loop that forks harms nobody.
 *
 * In the end the first process prints what all of them did, on a line that begins with "watch:".
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS_MAX = 400, FDS_MAX = 256 };

/* Of all processes of the run. */
struct counts {
    uint32_t forks, pipes, waits;
    uint32_t read_ends, write_ends; /* open still when the process ended that had made them */
    uint32_t children;              /* not waited for when their parent ended */
    uint32_t together; /* forks of who had a child already that it had not waited for */
    uint32_t exits;    /* processes that ended by exit(), the first one included */
};

/* Of this process. */
struct own {
    enum { NONE, READ_END, WRITE_END } fds[FDS_MAX];
    uint32_t children;
    bool interrupted; /* every second call is */
};

static struct counts *counts;
static struct own own;
static pid_t first; /* the process that the others come from */

int __real_main(int argc, char **argv);
int __real_pipe(int fds[2]);
pid_t __real_fork(void);
ssize_t __real_read(int fd, void *data, size_t size);
ssize_t __real_write(int fd, const void *data, size_t size);
int __real_close(int fd);
pid_t __real_waitpid(pid_t pid, int *status, int options);
_Noreturn void __real__exit(int status);
_Noreturn void __real_exit(int status);

int __wrap_main(int argc, char **argv);
int __wrap_pipe(int fds[2]);
pid_t __wrap_fork(void);
ssize_t __wrap_read(int fd, void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
int __wrap_close(int fd);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_wait(int *status);
_Noreturn void __wrap__exit(int status);
_Noreturn void __wrap_exit(int status);

static bool asked_for(const char *what)
{
    const char *watch = getenv("WATCH");
    return watch && strcmp(watch, what) == 0;
}

/* The N of "WHAT=N". */
static uint32_t limit_of(const char *what)
{
    const char *watch = getenv("WATCH");
    size_t length = strlen(what);
    if (watch && strncmp(watch, what, length) == 0 && watch[length] == '=')
        return (uint32_t)strtol(watch + length + 1, NULL, 10);
    return FORKS_MAX;
}

static void add(uint32_t *count, uint32_t number)
{
    __atomic_fetch_add(count, number, __ATOMIC_SEQ_CST);
}

static bool interrupts(void)
{
    own.interrupted = !own.interrupted;
    if (own.interrupted)
        errno = EINTR;
    return own.interrupted;
}

static void see_end(void)
{
    for (int fd = 0; fd < FDS_MAX; fd++) {
        add(&counts->read_ends, own.fds[fd] == READ_END);
        add(&counts->write_ends, own.fds[fd] == WRITE_END);
    }
    add(&counts->children, own.children);
}

int __wrap_pipe(int fds[2])
{
    if (__atomic_fetch_add(&counts->pipes, 1, __ATOMIC_SEQ_CST) >= limit_of("pipe")) {
        errno = EMFILE;
        return -1;
    }
    int result = __real_pipe(fds);
    if (result == 0 && fds[0] < FDS_MAX && fds[1] < FDS_MAX) {
        own.fds[fds[0]] = READ_END;
        own.fds[fds[1]] = WRITE_END;
    }
    return result;
}

pid_t __wrap_fork(void)
{
    if (__atomic_fetch_add(&counts->forks, 1, __ATOMIC_SEQ_CST) >= limit_of("fork")) {
        errno = EAGAIN;
        return -1;
    }
    pid_t pid = __real_fork();
    if (pid == 0)
        own = (struct own){.children = 0}; /* nothing of what it inherited did it make itself */
    else if (pid > 0)
        add(&counts->together, own.children++ > 0);
    return pid;
}

ssize_t __wrap_read(int fd, void *data, size_t size)
{
    if (fd <= STDERR_FILENO || !asked_for("read"))
        return __real_read(fd, data, size);
    return interrupts() ? -1 : __real_read(fd, data, size > 1 ? 1 : size);
}

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
    if (fd <= STDERR_FILENO || !asked_for("write"))
        return __real_write(fd, data, size);
    return interrupts() ? -1 : __real_write(fd, data, size > 1 ? 1 : size);
}

int __wrap_close(int fd)
{
    if (fd >= 0 && fd < FDS_MAX)
        own.fds[fd] = NONE;
    return __real_close(fd);
}

pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
    pid_t ended = __real_waitpid(pid, status, options);
    if (ended > 0) {
        own.children--;
        add(&counts->waits, 1);
    }
    return ended;
}

pid_t __wrap_wait(int *status)
{
    return __wrap_waitpid(-1, status, 0);
}

void __wrap__exit(int status)
{
    see_end();
    __real__exit(status);
}

/* Only the first process should end so. */
void __wrap_exit(int status)
{
    see_end();
    add(&counts->exits, 1);
    if (getpid() == first)
        printf(
            "watch: forks=%u pipes=%u waits=%u read_ends=%u write_ends=%u children=%u together=%u "
            "exits=%u\n",
            counts->forks, counts->pipes, counts->waits, counts->read_ends, counts->write_ends,
            counts->children, counts->together, counts->exits);
    __real_exit(status);
}

int __wrap_main(int argc, char **argv)
{
    counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED)
        __real_exit(2);
    first = getpid();
    __wrap_exit(__real_main(argc, argv));
}
