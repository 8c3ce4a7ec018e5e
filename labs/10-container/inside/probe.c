/*
 * probe.c: what the grader of lab 10 sends into a container to look around.
 *
 *     names           numbers of namespaces: "pid 4026531836"
 *     who             who this process is: numbers, maps, rights, host name
 *     root            what can be seen of files: names, mounts, what is above "/"
 *     out             the oldest way out of a chroot; for a container with --privileged
 *     write PATH      can it be opened for writing?
 *     orphans N       leaves N ended processes to process 1; how many are not reaped?
 *     signals         waits for SIGINT and SIGQUIT, and ends with 23
 *     send COMMAND    not in a container: runs such a command, sends those signals,
 *                     tells its status
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 8 }; /* seconds, for what comes at once or never */

static int names(const char *argument)
{
    static const char *const links[] = {"user", "mnt", "pid", "net", "uts", "ipc", "cgroup"};
    char path[64];
    struct stat status;

    (void)argument;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        snprintf(path, sizeof path, "/proc/self/ns/%s", links[i]);
        printf("%s %llu\n", links[i],
               stat(path, &status) == 0 ? (unsigned long long)status.st_ino : 0);
    }
    return 0;
}

/* The lines of a file, each behind a word, with single spaces. */
static void show(const char *word, const char *path)
{
    char line[512];
    FILE *file = fopen(path, "re");

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        printf("%s", word);
        for (char *rest = line, *each; (each = strsep(&rest, " \t\n")) != NULL;) {
            if (*each != '\0')
                printf(" %s", each);
        }
        putchar('\n');
    }
    if (file != NULL)
        fclose(file);
}

static int who(const char *argument)
{
    char name[65] = "";

    (void)argument;
    gethostname(name, sizeof name - 1);
    printf("pid %d\nparent %d\nuid %u\ngid %u\nhostname %s\n", (int)getpid(), (int)getppid(),
           (unsigned)getuid(), (unsigned)getgid(), name);
    show("users", "/proc/self/uid_map");
    show("groups", "/proc/self/gid_map");
    show("setgroups", "/proc/self/setgroups");
    show("status", "/proc/self/status"); /* "status CapEff: ..." */
    return 0;
}

static int root(const char *argument)
{
    struct stat here, above;
    DIR *folder = opendir("/");

    (void)argument;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] != '.')
            printf("file /%s\n", entry->d_name);
    }
    if (folder != NULL)
        closedir(folder);
    printf("above %s\n", stat("/", &here) == 0 && stat("/..", &above) == 0 &&
                                 here.st_dev == above.st_dev && here.st_ino == above.st_ino
                             ? "nothing"
                             : "something");
    show("mount", "/proc/self/mountinfo");
    return 0;
}

/* A root below the folder that one stands in is no wall. */
static int out(const char *argument)
{
    struct stat here, there;

    (void)argument;
    mkdir("/tmp/below", 0755);
    if (stat("/", &here) < 0 || chroot("/tmp/below") < 0) {
        printf("out refused: %s\n", strerror(errno));
        return 1;
    }
    for (int i = 0; i < 64; i++) {
        if (chdir("..") < 0)
            break;
    }
    if (stat(".", &there) < 0)
        return 1;
    puts(here.st_dev == there.st_dev && here.st_ino == there.st_ino ? "out no" : "out yes");
    return 0;
}

static int write_to(const char *argument)
{
    int fd = open(argument, O_WRONLY);

    printf("write %s: %s\n", argument, fd >= 0 ? "succeeded" : strerror(errno));
    return 0;
}

/* The processes that have ended, and that their parent, process 1, has not waited for. */
static int count_zombies(void)
{
    DIR *folder = opendir("/proc");
    int count = 0;

    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        char path[300], state;
        int parent;
        FILE *file;

        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        file = entry->d_name[0] < '1' || entry->d_name[0] > '9' ? NULL : fopen(path, "re");
        if (file != NULL && fscanf(file, "%*d (%*[^)]) %c %d", &state, &parent) == 2)
            count += state == 'Z' && parent == 1;
        if (file != NULL)
            fclose(file);
    }
    if (folder != NULL)
        closedir(folder);
    return count;
}

/* All become orphans at one moment, after their end: process 1 hears of them once. */
static int orphans(const char *argument)
{
    int number = atoi(argument), zombies = number;
    struct timespec moment = {.tv_nsec = 10000000};
    siginfo_t info;
    pid_t child = fork();

    if (child == 0) {
        for (int i = 0; i < number; i++) {
            pid_t each = fork();

            if (each == 0)
                _exit(100);
            waitid(P_PID, (id_t)each, &info, WEXITED | WNOWAIT);
        }
        _exit(0);
    }
    waitpid(child, NULL, 0);
    for (int i = 0; i < PATIENCE * 100 && zombies > 0; i++) {
        zombies = count_zombies();
        if (zombies > 0)
            nanosleep(&moment, NULL);
    }
    printf("orphans %d, not reaped %d\n", number, zombies);
    return 17;
}

static int signals(const char *argument)
{
    static const int wanted[] = {SIGINT, SIGQUIT};
    struct timespec patience = {.tv_sec = PATIENCE};
    sigset_t set;

    (void)argument;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    puts("ready");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        int got = sigtimedwait(&set, NULL, &patience);

        if (got != wanted[i]) {
            printf("no SIG%s came\n", sigabbrev_np(wanted[i]));
            return 1;
        }
        printf("SIG%s came\n", sigabbrev_np(got));
    }
    return 23;
}

/* Each line of the command but the last is answered by a signal. */
static int send_to(char **command)
{
    static const int sent[] = {SIGINT, SIGQUIT};
    char line[256];
    size_t count = 0;
    int fds[2], status;
    FILE *said;
    pid_t pid;

    if (pipe(fds) < 0)
        return 1;
    pid = fork();
    if (pid == 0) {
        dup2(fds[1], STDOUT_FILENO);
        close(fds[0]);
        close(fds[1]);
        signal(SIGINT, SIG_DFL); /* a shell's background job has them ignored */
        signal(SIGQUIT, SIG_DFL);
        execv(command[0], command);
        _exit(127);
    }
    close(fds[1]);
    said = fdopen(fds[0], "r");
    while (said != NULL && fgets(line, sizeof line, said) != NULL) {
        fputs(line, stdout);
        if ((strcmp(line, "ready\n") == 0 || strstr(line, " came\n") != NULL) && count < 2)
            kill(pid, sent[count++]);
    }
    waitpid(pid, &status, 0);
    printf("status %d\n", WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    return 0;
}

static const struct {
    const char *name;
    int (*run)(const char *argument);
} modes[] = {
    {"names", names},    {"who", who},         {"root", root},       {"out", out},
    {"write", write_to}, {"orphans", orphans}, {"signals", signals},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 2 && strcmp(argv[1], "send") == 0)
        return send_to(argv + 2);
    for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i].name, argv[1]) == 0)
            return modes[i].run(argc > 2 ? argv[2] : "");
    }
    return 2;
}
