/*
 * host_cgroup.c: how much CPU time and memory a control group leaves us.
 *
 * Two files lead there. /proc/self/cgroup names our group in each hierarchy, /proc/self/mountinfo
 * says where the hierarchies are mounted. From our group up to the mount point, the smallest limit
 * is the one that bites. Version 1 has one hierarchy for each controller, version 2 one for all;
 * a host can have both at once, so each controller is looked for in both.
 *
 * Source: cgroups(7); Linux, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/.
 */
#include "lib/host.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 4096

/* Version 1 says "no limit" with the largest multiple of the page size, or near it. */
#define MEMORY_UNLIMITED (UINT64_C(1) << 60)

/* Where one hierarchy is mounted, and which of its groups the mount shows as its top. */
struct mount {
    bool found;
    char top[LINE_SIZE];   /* path of the group within the hierarchy: "/" */
    char point[LINE_SIZE]; /* folder on the host */
};

/* Is `word` one of the comma-separated words of `list`? */
static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

static FILE *open_under(const char *root, const char *path)
{
    char full[PATH_MAX];

    if (snprintf(full, sizeof full, "%s%s", root, path) >= (int)sizeof full)
        return NULL;
    return fopen(full, "re");
}

/*
 * Finds the mount of controller `name` (version 1) or, with NULL, of the version 2 hierarchy.
 * A line of mountinfo: ID PARENT DEV ROOT POINT OPTIONS [FIELDS] - TYPE SOURCE SUPER-OPTIONS
 */
static void find_mount(struct mount *mount, const char *root, const char *name)
{
    char line[LINE_SIZE], type[64], options[LINE_SIZE];
    FILE *file = open_under(root, "/proc/self/mountinfo");

    mount->found = false;
    while (file != NULL && !mount->found && fgets(line, sizeof line, file) != NULL) {
        const char *rest = strstr(line, " - ");

        if (rest == NULL || sscanf(rest, " - %63s %*s %4095s", type, options) != 2 ||
            sscanf(line, "%*s %*s %*s %4095s %4095s", mount->top, mount->point) != 2)
            continue;
        if (name == NULL)
            mount->found = strcmp(type, "cgroup2") == 0;
        else
            mount->found = strcmp(type, "cgroup") == 0 && has_word(options, name);
    }
    if (file != NULL)
        fclose(file);
}

/* Our group in that hierarchy: the line "ID:CONTROLLERS:PATH"; version 2 has "0::PATH". */
static bool find_group(char group[LINE_SIZE], const char *root, const char *name)
{
    char line[LINE_SIZE];
    FILE *file = open_under(root, "/proc/self/cgroup");
    bool found = false;

    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        char *controllers = strchr(line, ':');
        char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');

        if (path == NULL)
            continue;
        *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        found = name == NULL ? controllers[1] == '\0' : has_word(controllers + 1, name);
        if (found)
            memcpy(group, path, strlen(path) + 1);
    }
    if (file != NULL)
        fclose(file);
    return found;
}

/* The smaller of two limits of which 0 means none. */
static double smaller(double a, double b)
{
    if (a == 0 || b == 0)
        return a + b;
    return a < b ? a : b;
}

/* Reads one group's file. The limit, or 0. */
typedef double read_limit(const char *root, const char *folder);

static bool read_group_file(const char *root, const char *folder, const char *name, char *line,
                            int size)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return false;
    return host_read_line(root, path, line, size);
}

static double read_cpu_v1(const char *root, const char *folder)
{
    char quota[64], period[64];

    if (!read_group_file(root, folder, "cpu.cfs_quota_us", quota, sizeof quota) ||
        !read_group_file(root, folder, "cpu.cfs_period_us", period, sizeof period))
        return 0;
    if (strtod(quota, NULL) <= 0 || strtod(period, NULL) <= 0) /* -1: no limit */
        return 0;
    return strtod(quota, NULL) / strtod(period, NULL);
}

static double read_cpu_v2(const char *root, const char *folder)
{
    char line[64];
    double quota, period;

    if (!read_group_file(root, folder, "cpu.max", line, sizeof line) ||
        sscanf(line, "%lf %lf", &quota, &period) != 2 || period <= 0) /* "max 100000" */
        return 0;
    return quota / period;
}

static double read_bytes(const char *root, const char *folder, const char *name)
{
    char line[64];
    uint64_t bytes;

    if (!read_group_file(root, folder, name, line, sizeof line))
        return 0;
    bytes = strtoull(line, NULL, 10); /* "max" is 0 */
    return bytes >= MEMORY_UNLIMITED ? 0 : (double)bytes;
}

static double read_memory_v1(const char *root, const char *folder)
{
    return read_bytes(root, folder, "memory.limit_in_bytes");
}

static double read_memory_v2(const char *root, const char *folder)
{
    return read_bytes(root, folder, "memory.max");
}

bool host_cgroup_find(const char *root, const char *controller, struct host_cgroup *found)
{
    struct mount mount;
    char group[LINE_SIZE];
    const char *below = group;
    size_t top_length;

    find_mount(&mount, root, controller);
    if (!mount.found || !find_group(group, root, controller))
        return false;
    /* In a container the mount shows part of the hierarchy, and our path may begin with it. */
    top_length = strcmp(mount.top, "/") == 0 ? 0 : strlen(mount.top);
    if (strncmp(group, mount.top, top_length) == 0)
        below = group + top_length;
    if (strcmp(below, "/") == 0)
        below = "";
    snprintf(found->folder, sizeof found->folder, "%s%s", mount.point, below);
    found->top_length = strlen(mount.point);
    return true;
}

/* The smallest limit from our group up to the top of what is mounted. */
static double walk_up(const char *root, const char *name, read_limit *read)
{
    struct host_cgroup group;
    double limit = 0;

    if (!host_cgroup_find(root, name, &group))
        return 0;
    while (strlen(group.folder) >= group.top_length) {
        limit = smaller(limit, read(root, group.folder));
        *strrchr(group.folder, '/') = '\0';
    }
    return limit;
}

struct host_limits host_cgroup_limits(const char *root)
{
    return (struct host_limits){
        .cpus = smaller(walk_up(root, "cpu", read_cpu_v1), walk_up(root, NULL, read_cpu_v2)),
        .memory = (uint64_t)smaller(walk_up(root, "memory", read_memory_v1),
                                    walk_up(root, NULL, read_memory_v2)),
    };
}
