/* ids.c: choosing and writing id maps; see ids.h. */
#include "ctr/ids.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include "ctr/names.h"

/* Where systemd takes the ids of containers from, too: other ids there belong to nobody. */
#define BASE_FIRST 524288u
#define BASES      8192u

bool ids_may_map(void)
{
    cap_t caps = cap_get_proc();
    cap_flag_value_t uid = CAP_CLEAR, gid = CAP_CLEAR;

    if (caps == NULL)
        return false;
    cap_get_flag(caps, CAP_SETUID, CAP_EFFECTIVE, &uid);
    cap_get_flag(caps, CAP_SETGID, CAP_EFFECTIVE, &gid);
    cap_free(caps);
    return uid == CAP_SET && gid == CAP_SET;
}

/* Does our own user namespace have all ids of the range? `name`: "uid_map", "gid_map". */
static bool has_range(const char *root, const char *name, unsigned base)
{
    char path[PATH_MAX];
    unsigned inside, outside, count;
    bool found = false;
    FILE *file;

    snprintf(path, sizeof path, "%s/proc/self/%s", root, name);
    file = fopen(path, "re");
    while (file != NULL && !found && fscanf(file, "%u %u %u", &inside, &outside, &count) == 3)
        found = base >= inside && count >= IDS_RANGE && base - inside <= count - IDS_RANGE;
    if (file != NULL)
        fclose(file);
    return found;
}

void ids_choose(struct ids *ids, const char *root, bool may_map, unsigned salt)
{
    unsigned base = BASE_FIRST + IDS_RANGE * (salt % BASES);

    *ids = (struct ids){.uid = geteuid(), .gid = getegid()};
    if (may_map && has_range(root, "uid_map", base) && has_range(root, "gid_map", base)) {
        ids->range = true;
        ids->base = base;
    }
}

/* Writes one file of /proc/PID in one write, as the kernel asks for. */
static int write_map(pid_t pid, enum step_kind kind, const char *name, const char *text,
                     struct steps *steps, struct err *err)
{
    char path[64];
    int fd, error = 0;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    step_write(steps, kind, path, text);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        error = errno;
    if (fd >= 0)
        close(fd);
    if (error == 0)
        return 0;
    err_sys(err, error, "cannot write '%s' to %s", text, path);
    return names_refused(err);
}

/* Or a program could leave a group that it is in to be shut out of files. */
static int deny_groups(pid_t pid, struct steps *steps, struct err *err)
{
    if (write_map(pid, STEP_MAP_DENY, "setgroups", "deny", steps, err) < 0)
        return -1;
    step_end(steps, "nobody in there can change groups: a condition for a map without rights");
    return 0;
}

int ids_write(const struct ids *ids, pid_t pid, struct steps *steps, struct err *err)
{
    char users[64], groups[64];

    //@lab 10.2 who is who
    if (ids->range) {
        snprintf(users, sizeof users, "0 %u %u", ids->base, IDS_RANGE);
        snprintf(groups, sizeof groups, "0 %u %u", ids->base, IDS_RANGE);
    } else {
        snprintf(users, sizeof users, "0 %u 1", ids->uid);
        snprintf(groups, sizeof groups, "0 %u 1", ids->gid);
        if (deny_groups(pid, steps, err) < 0)
            return -1;
    }
    //| (void)deny_groups;
    //| lab_todo("10.2");
    //@end
    if (write_map(pid, STEP_MAP_GROUPS, "gid_map", groups, steps, err) < 0)
        return -1;
    step_end(steps, "group 0 in there is group %u here", ids->range ? ids->base : ids->gid);
    if (write_map(pid, STEP_MAP_USERS, "uid_map", users, steps, err) < 0)
        return -1;
    step_end(steps, "root in there is user %u here", ids->range ? ids->base : ids->uid);
    return 0;
}

int ids_drop_groups(struct err *err)
{
    return setgroups(0, NULL) == 0
               ? 0
               : err_sys(err, errno, "cannot drop the supplementary groups (setgroups)");
}

int ids_become_root(const struct ids *ids, struct steps *steps, struct err *err)
{
    step_begin(steps, STEP_ROOT_USER, "%ssetresgid(0, 0, 0), setresuid(0, 0, 0)",
               ids->range ? "setgroups(0), " : "");
    if (ids->range && ids_drop_groups(err) < 0)
        return -1;
    if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) {
        err_sys(err, errno, "cannot become root of the user namespace (setresuid)");
        return names_refused(err);
    }
    step_end(steps, "it is root of its user namespace%s",
             ids->range ? ", and in no other group" : "; groups that it was in stay");
    return 0;
}
