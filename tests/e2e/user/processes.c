/* processes.c: fork, exec, wait, descriptors across them, ignored signals, statuses. */
#include "tests/e2e/user/calls.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

enum { CLONE_PARENT_SETTID = 0x100000, CLONE_CHILD_SETTID = 0x1000000 };

static const char *self;

static void exec_self(char *const arguments[])
{
    execve(self, arguments, environ);
    show("exec of itself", -errno);
    _exit(99);
}

/* What the program does when it was executed by itself: `trivium-test WHAT ...`. */
static int executed(int argc, char **argv)
{
    if (strcmp(argv[1], "arguments") == 0) {
        for (int i = 2; i < argc; i++)
            printf("got '%s'\n", argv[i]);
        printf("TEST_C=%s\n", getenv("TEST_C") == NULL ? "(none)" : getenv("TEST_C"));
    } else if (strcmp(argv[1], "descriptors") == 0) {
        show("kept", CALL(fcntl, 100, 1, 0));
        show("closed", CALL(fcntl, 101, 1, 0));
        show("kept after it was dup'ed", CALL(fcntl, 102, 1, 0));
    } else if (strcmp(argv[1], "signals") == 0) {
        printf("SIGTERM ignored: %d, SIGHUP ignored: %d\n", signal(SIGTERM, SIG_DFL) == SIG_IGN,
               signal(SIGHUP, SIG_DFL) == SIG_IGN);
    } else if (strcmp(argv[1], "status") == 0) {
        return atoi(argv[2]);
    } else if (strcmp(argv[1], "heap") == 0) {
        char *fresh = malloc(100000);
        int sum = 0;

        for (int i = 0; i < 100000; i++)
            sum += fresh[i];
        printf("memory after exec: %d\n", sum);
    }
    return 0;
}

static void pass_arguments(void)
{
    char *arguments[] = {"x", "arguments", "", "two words", "\xc3\xa9", NULL};
    char *environment[] = {"TEST_C=new", NULL};

    execve(self, arguments, environment);
}

static void pass_descriptors(void)
{
    char *arguments[] = {"x", "descriptors", NULL};

    CALL(dup3, 1, 100, 0);
    CALL(dup3, 1, 101, O_CLOEXEC);
    CALL(dup3, 101, 102, 0);
    exec_self(arguments);
}

static void pass_signals(void)
{
    char *arguments[] = {"x", "signals", NULL};

    signal(SIGTERM, SIG_IGN);
    exec_self(arguments);
}

static void pass_status(void)
{
    char *arguments[] = {"x", "status", "300", NULL};

    exec_self(arguments);
}

static void dirty_heap(void)
{
    char *arguments[] = {"x", "heap", NULL};

    memset(malloc(200000), 0x55, 200000);
    exec_self(arguments);
}

static void make_file(const char *path, const char *contents, int mode)
{
    long fd = CALL(openat, AT_FDCWD, (long)path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    CALL(write, fd, (long)contents, (long)strlen(contents));
    CALL(close, fd);
    CALL(fchmodat, AT_FDCWD, (long)path, mode);
}

static void show_exec(const char *what, const char *path)
{
    char *arguments[] = {"x", NULL};

    execve(path, arguments, environ);
    show(what, -errno);
}

static void show_exec_failures(void)
{
    char *long_string = malloc(200001);
    char *arguments[] = {"x", long_string, NULL};

    show_exec("exec of nothing", "no-such-file");
    show_exec("exec of a folder", "/");
    show_exec("exec through a file", "/dev/null/x");
    show_exec("exec of an empty name", "");
    show_exec("exec of a device", "/dev/null");
    make_file("text", "just text", 0600);
    show_exec("exec of a text", "text");
    CALL(fchmodat, AT_FDCWD, (long)"text", 0700);
    show_exec("exec of an executable text", "text");
    make_file("text", "#! /no/such/interpreter\n", 0700);
    show_exec("exec of a script without its interpreter", "text");
    make_file("text", "", 0700);
    show_exec("exec of an empty file", "text");
    CALL(unlinkat, AT_FDCWD, (long)"text", 0);
    memset(long_string, 'x', 200000);
    long_string[200000] = '\0';
    execve(self, arguments, environ);
    show("exec with a string that is too long", -errno);
}

static void run_script(void)
{
    char *arguments[] = {"ignored", "one", "two", NULL};
    char text[300];

    snprintf(text, sizeof text, "#! %s arguments and more \nnothing\n", self);
    make_file("./script", text, 0700);
    if (fork() == 0) {
        execve("./script", arguments, environ);
        _exit(99);
    }
    wait(NULL);
    CALL(unlinkat, AT_FDCWD, (long)"script", 0);
}

static void kill_itself(void)
{
    kill(getpid(), SIGTERM);
}

static void ignore_and_kill(void)
{
    signal(SIGTERM, SIG_IGN);
    kill(getpid(), SIGTERM);
    _exit(3);
}

static void abort_itself(void)
{
    CALL(tgkill, getpid(), CALL(gettid, 0), SIGABRT);
}

static void block_and_kill(void)
{
    unsigned long set = 1UL << (SIGTERM - 1), pending = 0;

    CALL(rt_sigprocmask, 0, (long)&set, 0, 8);
    kill(getpid(), SIGTERM);
    CALL(rt_sigpending, (long)&pending, 8);
    if (pending == set)
        CALL(rt_sigprocmask, 1, (long)&set, 0, 8);
}

static void write_to_closed_pipe(void)
{
    int fds[2];

    pipe(fds);
    close(fds[0]);
    write(fds[1], "x", 1);
}

static void exit_large(void)
{
    _exit(0x1234);
}

static void show_clones(void)
{
    int parent_id = 0, child_id = 0, status = 0;
    /* The ISAs order the last two differently; one is the thread pointer, which is not set here. */
    long child = CALL(clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0,
                      (long)&parent_id, (long)&child_id, (long)&child_id);

    if (child == 0)
        _exit(child_id == getpid() ? 1 : 2);
    wait(&status);
    printf("clone: ids %d, exit %d\n", parent_id == child, WEXITSTATUS(status));
}

static void show_orphans(void)
{
    int fds[2];
    char byte;

    pipe(fds);
    if (fork() == 0) {
        if (fork() == 0) {
            close(fds[0]);
            write(fds[1], "g", 1);
            _exit(0);
        }
        wait(NULL);
        _exit(0);
    }
    close(fds[1]);
    wait(NULL);
    show("from the grandchild", read(fds[0], &byte, 1));
    show("end of it", read(fds[0], &byte, 1));
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return executed(argc, argv);
    self = argv[0];
    show_child("arguments", pass_arguments);
    show_child("descriptors", pass_descriptors);
    show_child("signals", pass_signals);
    show_child("status 300", pass_status);
    show_child("heap", dirty_heap);
    show_exec_failures();
    run_script();
    show_child("SIGTERM to itself", kill_itself);
    show_child("SIGTERM ignored", ignore_and_kill);
    show_child("SIGTERM blocked, then let in", block_and_kill);
    show_child("SIGABRT to itself", abort_itself);
    show_child("a pipe without a reader", write_to_closed_pipe);
    show_child("exit 0x1234", exit_large);
    show_clones();
    show_orphans();
    show("setpgid", CALL(setpgid, 0, 0));
    show("getpgid", CALL(getpgid, 0) == getpid());
    show("getsid", CALL(getsid, 0) > 0);
    show("no child left", CALL(wait4, -1, 0, 0, 0));
    return 7;
}
