/* mounts.c: making mounts and putting them into place; see mounts.h. */
#include "ctr/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* "KEY=VALUE,KEY,...", one call each. */
static int configure(int context, const char *options)
{
    char copy[384], *rest = copy;

    if (options == NULL)
        return 0;
    strncpy(copy, options, sizeof copy - 1);
    copy[sizeof copy - 1] = '\0';
    for (char *key = strsep(&rest, ","); key != NULL; key = strsep(&rest, ",")) {
        char *value = strchr(key, '=');
        int answer;

        if (value != NULL)
            *value++ = '\0';
        answer = value == NULL ? fsconfig(context, FSCONFIG_SET_FLAG, key, NULL, 0)
                               : fsconfig(context, FSCONFIG_SET_STRING, key, value, 0);
        if (answer < 0)
            return -1;
    }
    return 0;
}

int mounts_new(const char *type, const char *options, unsigned attributes, struct err *err)
{
    int context = fsopen(type, FSOPEN_CLOEXEC), mount = -1;

    if (context < 0) {
        err_sys(err, errno, "cannot make a file system of type %s (fsopen)", type);
        if (errno == ENOSYS)
            err_hint(err, "Linux 5.12 or newer");
        return -1;
    }
    if (configure(context, options) < 0 ||
        fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) {
        err_sys(err, errno, "cannot make a file system of type %s with %s (fsconfig)", type,
                options == NULL ? "no options" : options);
    } else {
        mount = fsmount(context, FSMOUNT_CLOEXEC, attributes);
        if (mount < 0)
            err_sys(err, errno, "cannot mount a file system of type %s (fsmount)", type);
    }
    close(context);
    return mount;
}

int mounts_copy(int folder, const char *path, uint64_t attributes, struct err *err)
{
    struct mount_attr attr = {.attr_set = attributes};
    int mount = open_tree(folder, path, AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

    if (mount < 0)
        return err_sys(err, errno, "cannot mount %s a second time (open_tree)",
                       path[0] == '\0' ? "what a descriptor names" : path);
    if (attributes != 0 && mount_setattr(mount, "", AT_EMPTY_PATH, &attr, sizeof attr) < 0) {
        err_sys(err, errno, "cannot restrict the mount of %s (mount_setattr)", path);
        close(mount);
        return -1;
    }
    return mount;
}

int mounts_find(int root, const char *path, int flags)
{
    struct open_how how = {
        .flags = (unsigned)flags | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };

    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

int mounts_put(int mount, int root, const char *path, struct err *err)
{
    int place = mounts_find(root, path, O_PATH);
    int answer = 0;

    if (place < 0)
        answer = err_sys(err, errno, "cannot find /%s in the new root (openat2)", path);
    else if (move_mount(mount, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) <
             0)
        answer = err_sys(err, errno, "cannot mount on /%s of the new root (move_mount)", path);
    if (place >= 0)
        close(place);
    close(mount);
    return answer;
}
