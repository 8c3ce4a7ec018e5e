/* overlay.c: a root from an image; see overlay.h. */
#include "ctr/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctr/layer.h"
#include "ctr/letter.h"
#include "ctr/mounts.h"

#define SAFE (MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID)

void overlay_source_close(struct overlay_source *source)
{
    for (size_t i = 0; i < source->count; i++)
        close(source->layers[i]);
    archive_calls_unload(&source->calls);
    source->count = 0;
}

/* Files take whole pages in memory, of which a tar file's smallest entry is a quarter. */
static uint64_t memory_for(const struct overlay_source *source)
{
    uint64_t total = UINT64_C(16) << 20;
    struct stat status;

    for (size_t i = 0; i < source->count; i++) {
        if (fstat(source->layers[i], &status) == 0)
            total += 4 * (uint64_t)status.st_size;
    }
    return total;
}

/* A place for the layers; it is mounted, as overlayfs wants what is beneath it to be. */
static int make_stage(const struct overlay_source *source, const char *stage, struct steps *steps,
                      struct err *err)
{
    char options[96];
    int mount;

    snprintf(options, sizeof options, "mode=0700,size=%lluk,nr_inodes=%u",
             (unsigned long long)(memory_for(source) >> 10), LAYER_ENTRIES_MOST);
    step_begin(steps, STEP_LAYERS, "fsmount(tmpfs, %s), move_mount(%s)", options, stage);
    mount = mounts_new("tmpfs", options, SAFE, err);
    if (mount < 0)
        return -1;
    if (move_mount(mount, "", AT_FDCWD, stage, MOVE_MOUNT_F_EMPTY_PATH) < 0 || fchdir(mount) < 0) {
        err_sys(err, errno, "cannot mount a place for layers on %s (move_mount)", stage);
        close(mount);
        return -1;
    }
    step_end(steps, "a place for the layers, in memory");
    return mount;
}

static int unpack(const struct overlay_source *source, int stage, bool owners, struct steps *steps,
                  struct err *err)
{
    int roots[OVERLAY_LAYERS_MOST], answer = 0;
    size_t count = 0;

    step_begin(steps, STEP_LAYERS,
               "openat2(RESOLVE_IN_ROOT) and write, for each file of %zu layers", source->count);
    while (count < source->count && answer == 0) {
        struct layer_target target = {
            .roots = roots, .owners = owners, .bytes_most = LAYER_BYTES_MOST};
        char name[24];

        snprintf(name, sizeof name, "%zu", count);
        roots[count] = mkdirat(stage, name, 0755) < 0
                           ? -1
                           : openat(stage, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (roots[count] < 0) {
            answer = err_sys(err, errno, "cannot make a folder for a layer");
            break;
        }
        target.count = ++count;
        /* The position in the file is shared with whoever opened it, and with nobody else. */
        if (lseek(source->layers[count - 1], 0, SEEK_SET) < 0)
            answer = err_sys(err, errno, "cannot read a layer");
        else
            answer = layer_unpack(&source->calls, source->layers[count - 1], &target, err);
        if (answer < 0)
            err_wrap(err, "cannot unpack layer %zu of the image", count);
    }
    for (size_t i = 0; i < count; i++)
        close(roots[i]);
    if (answer == 0)
        step_end(steps, "each layer in a folder of its own");
    return answer;
}

/* Who has the descriptor can look into the layer when the container is no more. */
static int send_upper(const struct overlay_source *source, int mount, struct steps *steps,
                      struct err *err)
{
    int upper, answer = 0;

    if (source->keeper < 0)
        return 0;
    step_begin(steps, STEP_UPPER, "sendmsg(SCM_RIGHTS, the layer that is written to)");
    upper = openat(mount, "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (upper < 0 || letter_send(source->keeper, upper) < 0)
        answer = err_sys(err, errno, "cannot hand out the layer that is written to");
    if (upper >= 0)
        close(upper);
    if (answer == 0)
        step_end(steps, "it outlives the container, so that it can be kept");
    return answer;
}

/* Its own file system, so that it can be full when nothing else is. */
static int make_upper(const struct overlay_source *source, int stage, struct steps *steps,
                      struct err *err)
{
    uint64_t size = source->upper;
    char options[64];
    int mount;

    snprintf(options, sizeof options, "mode=0755,size=%lluk", (unsigned long long)(size >> 10));
    step_begin(steps, STEP_UPPER, "fsmount(tmpfs, %s)", options);
    mount = mounts_new("tmpfs", options, SAFE, err);
    if (mount < 0)
        return -1;
    if (mkdirat(mount, "upper", 0755) < 0 || mkdirat(mount, "work", 0755) < 0 ||
        mkdirat(stage, "rw", 0755) < 0) {
        err_sys(err, errno, "cannot make the folders of the layer that is written to");
        close(mount);
        return -1;
    }
    step_end(steps, "a file system of its own for what the program writes");
    if (send_upper(source, mount, steps, err) < 0) {
        close(mount);
        return -1;
    }
    step_begin(steps, STEP_UPPER, "move_mount(rw)");
    if (mounts_put(mount, stage, "rw", err) < 0)
        return -1;
    step_end(steps, "%llu KiB may be written", (unsigned long long)(size >> 10));
    return 0;
}

static int join(const struct overlay_source *source, bool own, struct steps *steps, struct err *err)
{
    char options[256];
    size_t used = 0;
    int root;

    /* The topmost comes first. Names are from here, where we have gone: they must be short. */
    for (size_t i = source->count; i-- > 0;)
        used += (size_t)snprintf(options + used, sizeof options - used, "%s%zu",
                                 used == 0 ? "lowerdir=" : ":", i);
    /* Without redirects and copied attributes, what is in the upper folder is all there is to know.
     * In a user namespace there are none. */
    snprintf(options + used, sizeof options - used, ",upperdir=rw/upper,workdir=rw/work%s",
             own ? ",userxattr" : ",redirect_dir=off,metacopy=off");
    step_begin(steps, STEP_OVERLAY, "fsopen(\"overlay\"), fsconfig(%s), fsmount()", options);
    root = mounts_new("overlay", options, SAFE, err);
    if (root < 0)
        return own && err->code != ENODEV
                   ? err_hint(err, "Linux 5.11 or newer lets a user namespace mount overlayfs; "
                                   "with sudo and --share user older ones do, too")
                   : err_hint(err, "a kernel with overlayfs (modprobe overlay)");
    step_end(steps, "one tree of all layers; a file that is changed is copied up first");
    return root;
}

/* What is mounted in there needs places. */
static int make_places(int root, struct err *err)
{
    static const char *const folders[] = {"dev", "proc", "tmp"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (mkdirat(root, folders[i], 0755) < 0 && errno != EEXIST)
            return err_sys(err, errno, "cannot make /%s in the new root (mkdirat)", folders[i]);
    }
    return 0;
}

int overlay_make(const struct overlay_source *source, const char *stage, bool owners, bool own,
                 struct steps *steps, struct err *err)
{
    int place = make_stage(source, stage, steps, err), root = -1;

    if (place < 0)
        return -1;
    if (unpack(source, place, owners, steps, err) == 0 &&
        make_upper(source, place, steps, err) == 0)
        root = join(source, own, steps, err);
    close(place);
    if (root >= 0 && make_places(root, err) < 0) {
        close(root);
        return -1;
    }
    return root;
}
