/* The system calls on files and processes. Each returns -1 and sets errno when the kernel refuses.
 */
#ifndef TRIVIUM_GUEST_LIB_UNISTD_H
#define TRIVIUM_GUEST_LIB_UNISTD_H

#include <stddef.h>
#include <sys/types.h>

#define STDIN_FILENO  0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#define SEEK_SET      0
#define SEEK_CUR      1
#define SEEK_END      2

extern char **environ;

ssize_t read(int fd, void *data, size_t size);
ssize_t write(int fd, const void *data, size_t size);
int close(int fd);
off_t lseek(int fd, off_t offset, int whence);
int pipe(int fds[2]);
int dup2(int from, int to);
int isatty(int fd);
int unlink(const char *path);
int rmdir(const char *path);
int chdir(const char *path);
char *getcwd(char *path, size_t size);

pid_t getpid(void);
pid_t getppid(void);

/* Writes out stdout first, so that parent and child do not both print what was buffered. */
pid_t fork(void);

int execve(const char *path, char *const argv[], char *const envp[]);

/* A name without a slash is looked up in the folders of PATH. */
int execvp(const char *name, char *const argv[]);

/* Ends the process at once; buffered output is dropped. What a forked child should call. */
_Noreturn void _exit(int status);

/* Move the end of the heap. malloc uses these; a program should use malloc. */
int brk(void *end);
void *sbrk(ptrdiff_t change);

#endif
