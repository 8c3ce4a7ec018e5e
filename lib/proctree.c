/*
 * proctree.c: walking /proc/PID/task/TID/children; see proctree.h.
 *
 * Source: proc(5), /proc/[pid]/task/[tid]/children: reliable only while the processes are stopped.
 */
#include "lib/proctree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/err.h"

struct pid_list {
    pid_t *pids;
    size_t count, room;
};

/* True when the pid was not in the list yet. */
static bool add_pid(struct pid_list *list, pid_t pid)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->pids[i] == pid)
            return false;
    }
    if (list->count == list->room) {
        list->room = list->room == 0 ? 64 : list->room * 2;
        list->pids = reallocarray(list->pids, list->room, sizeof *list->pids);
        if (list->pids == NULL)
            err_die_oom();
    }
    list->pids[list->count++] = pid;
    return true;
}

/* A process that has ended and waits to be reaped is still listed by its parent. */
static bool is_zombie(pid_t pid)
{
    char path[64], state = 'Z';
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    file = fopen(path, "re");
    if (file == NULL)
        return true;
    /* The name in parentheses may itself hold blanks and parentheses: read on to the last one. */
    for (int c = fgetc(file); c != EOF; c = fgetc(file)) {
        if (c == ')' && fscanf(file, " %c", &state) != 1)
            break;
    }
    fclose(file);
    return state == 'Z' || state == 'X';
}

static void add_children_of_task(struct pid_list *list, pid_t pid, const char *tid)
{
    char path[320];
    FILE *file;
    int child;

    snprintf(path, sizeof path, "/proc/%d/task/%s/children", (int)pid, tid);
    file = fopen(path, "re");
    if (file == NULL)
        return;
    while (fscanf(file, "%d", &child) == 1) {
        if (!is_zombie(child))
            add_pid(list, child);
    }
    fclose(file);
}

static void add_children(struct pid_list *list, pid_t pid)
{
    char path[64];
    DIR *tasks;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    tasks = opendir(path);
    if (tasks == NULL)
        return;
    for (struct dirent *task = readdir(tasks); task != NULL; task = readdir(tasks)) {
        if (task->d_name[0] != '.')
            add_children_of_task(list, pid, task->d_name);
    }
    closedir(tasks);
}

/* Stops every descendant it can see; they stand in the list, parents before children. */
static void stop_descendants(struct pid_list *list)
{
    add_children(list, getpid());
    for (size_t i = 0; i < list->count; i++) {
        kill(list->pids[i], SIGSTOP);
        add_children(list, list->pids[i]);
    }
}

unsigned proctree_kill(void)
{
    struct pid_list list = {0};
    size_t known;
    unsigned count;

    do {
        known = list.count;
        stop_descendants(&list);
    } while (list.count != known);
    for (size_t i = 0; i < list.count; i++)
        kill(list.pids[i], SIGKILL);
    count = (unsigned)list.count;
    free(list.pids);
    return count;
}

int proctree_reap(struct proctree_end *end)
{
    pid_t pid;

    do {
        pid = wait4(-1, &end->status, WNOHANG, &end->usage);
    } while (pid < 0 && errno == EINTR);
    end->pid = pid;
    return pid > 0 ? 1 : (int)pid;
}
