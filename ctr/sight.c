/* sight.c: reading what the kernel says of a process; see sight.h. */
#include "ctr/sight.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH 96

/* `who`: "self", or a number. */
static FILE *open_file(const char *who, const char *name)
{
    char path[PATH];

    snprintf(path, sizeof path, "/proc/%s/%s", who, name);
    return fopen(path, "re");
}

/* The last of some numbers in a line: a process's in the innermost namespace. */
static pid_t last_number(const char *text)
{
    pid_t number = 0;
    char *end;

    for (long next = strtol(text, &end, 10); end != text; next = strtol(text, &end, 10)) {
        number = (pid_t)next;
        text = end;
    }
    return number;
}

/* Reads status. `process` can be NULL. False: there is no such process. */
static bool read_status(const char *who, struct sight *sight, struct sight_process *process)
{
    FILE *file = open_file(who, "status");
    char line[512];

    if (file == NULL)
        return false;
    while (fgets(line, sizeof line, file) != NULL) {
        sscanf(line, "Uid: %*u %u", &sight->uid); /* the effective one */
        if (process == NULL)
            continue;
        sscanf(line, "Name: %15[^\n]", process->name);
        sscanf(line, "PPid: %d", &process->parent);
        if (strncmp(line, "NSpid:", 6) == 0)
            process->inner = last_number(line + 6);
    }
    fclose(file);
    return true;
}

/* The columns of mountinfo: number, parent, device, root, where, options, ... - type, source. */
static void read_mounts(const char *who, struct sight *sight)
{
    FILE *file = open_file(who, "mountinfo");
    char *line = NULL, device[32], where[8], type[32];
    size_t size = 0;

    while (file != NULL && getline(&line, &size, file) > 0) {
        const char *dash = strstr(line, " - ");

        sight->mounts++;
        /* Of those that lie on / the last is on top. */
        if (dash != NULL && sscanf(line, "%*s %*s %31s %*s %7s", device, where) == 2 &&
            strcmp(where, "/") == 0 && sscanf(dash, " - %31s", type) == 1)
            snprintf(sight->root, sizeof sight->root, "%s %s", type, device);
    }
    free(line);
    if (file != NULL)
        fclose(file);
}

/* The lines of cgroup: number:controllers:path; version 2 has no controllers. */
static void read_group(const char *who, struct sight *sight)
{
    FILE *file = open_file(who, "cgroup");
    char line[512];
    bool found = false;

    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        const char *controllers = strchr(line, ':'), *path;

        if (controllers == NULL)
            continue;
        path = strchr(controllers + 1, ':');
        found = strncmp(controllers, ":pids:", 6) == 0;
        if (path != NULL && (found || strncmp(line, "0::", 3) == 0))
            snprintf(sight->group, sizeof sight->group, "%.*s", (int)strcspn(path + 1, "\n"),
                     path + 1);
    }
    if (file != NULL)
        fclose(file);
}

static bool look(const char *who, struct sight *sight)
{
    *sight = (struct sight){0};
    sight->seen = read_status(who, sight, NULL);
    if (!sight->seen)
        return false;
    names_read_of(who, sight->names);
    harden_read_of(who, &sight->hardening);
    read_mounts(who, sight);
    read_group(who, sight);
    gethostname(sight->host, sizeof sight->host - 1);
    return true;
}

void sight_self(struct sight *sight)
{
    look("self", sight);
    sight->seen = true;
    sight->pid = getpid();
    sight->uid = geteuid();
}

bool sight_of(pid_t pid, struct sight *sight)
{
    char who[16];

    snprintf(who, sizeof who, "%d", (int)pid);
    if (!look(who, sight))
        return false;
    sight->pid = pid;
    return true;
}

static void add_process(pid_t pid, struct sight_tree *tree)
{
    struct sight_process *process = &tree->list[tree->count];
    struct sight sight = {0};
    char who[16];

    snprintf(who, sizeof who, "%d", (int)pid);
    *process = (struct sight_process){.outer = pid};
    if (!read_status(who, &sight, process))
        return;
    process->uid = sight.uid;
    for (char *at = process->name; *at != '\0'; at++) {
        if (!isascii((unsigned char)*at) || !isprint((unsigned char)*at))
            *at = '?'; /* the program chose it */
    }
    tree->count++;
}

void sight_tree(pid_t pid, struct sight_tree *tree)
{
    unsigned done = 0;
    pid_t parent = pid;

    *tree = (struct sight_tree){0};
    for (;;) {
        char path[PATH];
        FILE *file;
        int child;

        snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
        file = fopen(path, "re");
        while (file != NULL && fscanf(file, "%d", &child) == 1) {
            if (tree->count < SIGHT_PROCESSES)
                add_process(child, tree);
            else
                tree->more++;
        }
        if (file != NULL)
            fclose(file);
        if (done == tree->count)
            return;
        parent = tree->list[done++].outer;
    }
}
