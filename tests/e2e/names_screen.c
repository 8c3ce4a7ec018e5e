/*
 * names_screen.c: a screen of a record that is always the same: numbers, times and names are given
 * here, and not by a host.
 *
 *     names_screen WIDTHxHEIGHT MOMENT [KEY...]
 *
 * The record is of a run that asks for more than it gets: the kernel's file says another limit than
 * was claimed, CPU time cannot be limited, and what the program writes is an attack on a terminal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/names.h"

#define INIT    4711
#define PROGRAM 4712

static const struct hardening all_rights = {.effective = 0x1ffffffffff, .bounding = 0x1ffffffffff};
static const struct hardening few_rights = {
    .effective = 0x4fb, .bounding = 0x4fb, .no_new_privs = true, .filters = 2};

static struct ctr_moment *add(struct ctr_record *record, enum step_kind kind, const char *who,
                              const char *call, const char *effect)
{
    struct ctr_moment *moment = &record->moments[record->count];

    if (record->count > 0)
        *moment = moment[-1];
    moment->kind = kind;
    moment->what = MOMENT_STEP;
    moment->file = -1;
    moment->at = 0.25 * record->count;
    snprintf(moment->who, sizeof moment->who, "%s", who);
    snprintf(moment->call, sizeof moment->call, "%s", call);
    snprintf(moment->effect, sizeof moment->effect, "%s", effect);
    record->count++;
    return moment;
}

/* The number of a namespace, the host's and the container's. */
static uint64_t number(enum ctr_name name, bool own)
{
    return (own ? UINT64_C(4026532200) : UINT64_C(4026531830)) + name;
}

static void fill_sight(struct sight *sight, pid_t pid, uid_t uid, const char *host,
                       const char *group, unsigned own)
{
    *sight = (struct sight){.seen = true, .pid = pid, .uid = uid, .mounts = 21};
    for (unsigned i = 0; i < NAME_COUNT; i++)
        sight->names[i] = number((enum ctr_name)i, names_has(own, (enum ctr_name)i));
    snprintf(sight->host, sizeof sight->host, "%s", host);
    snprintf(sight->root, sizeof sight->root, "ext4 254:0");
    snprintf(sight->group, sizeof sight->group, "%s", group);
    sight->hardening = all_rights;
}

static void fill_limits(struct ctr_record *record)
{
    struct limit_report *memory = &record->limits[CONTROL_MEMORY],
                        *cpu = &record->limits[CONTROL_CPU], *pids = &record->limits[CONTROL_PIDS];

    cpu->asked = true;
    snprintf(cpu->reason, sizeof cpu->reason, "this host has no controller for cpu");
    memory->asked = memory->set = pids->set = true;
    snprintf(memory->claimed, LIMIT_TEXT,
             "65537 bytes; swap is NOT limited: this kernel does not "
             "count it");
    snprintf(memory->enforced, LIMIT_TEXT, "65536 bytes");
    snprintf(memory->did, LIMIT_TEXT, "peak 65536 bytes; 1 killed for memory");
    snprintf(pids->claimed, LIMIT_TEXT, "30 processes");
    snprintf(pids->enforced, LIMIT_TEXT, "30 processes");
    snprintf(pids->did, LIMIT_TEXT, "0 forks refused");
    record->files[0] =
        (struct ctr_record_file){CONTROL_MEMORY, 2, "/sys/fs/cgroup/trivium/1/memory.max", "65537"};
    record->files[1] =
        (struct ctr_record_file){CONTROL_PIDS, 2, "/sys/fs/cgroup/trivium/1/pids.max", "30"};
    record->file_count = 2;
}

static void add_process(struct sight_tree *tree, pid_t parent, pid_t outer, pid_t inner,
                        const char *name)
{
    struct sight_process *process = &tree->list[tree->count++];

    *process = (struct sight_process){parent, outer, inner, 524288, ""};
    snprintf(process->name, sizeof process->name, "%s", name);
}

static void add_limits(struct ctr_record *record)
{
    struct ctr_moment *moment;

    moment = add(record, STEP_GROUP_MAKE, "trivium", "mkdir(/sys/fs/cgroup/trivium/...), flock()",
                 "the control group /sys/fs/cgroup/trivium/1");
    for (unsigned i = 0; i < CONTROL_COUNT; i++)
        moment->used[i] = -1;
    moment =
        add(record, STEP_GROUP_LIMIT, "trivium",
            "write(/sys/fs/cgroup/trivium/1/memory.max, \"65537\")", "page number 17 is refused");
    moment->file = 0;
    moment->used[CONTROL_MEMORY] = 0;
    snprintf(moment->now[0], sizeof moment->now[0], "65536");
    moment = add(record, STEP_GROUP_LIMIT, "trivium",
                 "write(/sys/fs/cgroup/trivium/1/pids.max, \"30\")", "one more is EAGAIN for fork");
    moment->file = 1;
    moment->used[CONTROL_PIDS] = 0;
    snprintf(moment->now[1], sizeof moment->now[1], "30");
}

static void add_names(struct ctr_record *record)
{
    unsigned cloned = record->names & ~(1u << NAME_CGROUP);
    struct ctr_moment *moment;

    moment = add(record, STEP_CLONE, "runner", "clone3(CLONE_NEWUSER|CLONE_NEWNS|CLONE_NEWPID)",
                 "process 4711 here is the first of new namespaces; it waits for us");
    fill_sight(&moment->outside, INIT, 0, "", "/trivium/1", cloned);
    add_process(&moment->tree, 4710, INIT, 1, "trivium");
    moment->used[CONTROL_PIDS] = 1;
    add(record, STEP_MAP_USERS, "runner", "write(/proc/4711/uid_map, \"0 524288 65536\")",
        "root in there is user 524288 here");
    moment = add(record, STEP_ROOT_USER, "init", "setresuid(0, 0, 0)",
                 "it is root of its user namespace, and in no other group");
    fill_sight(&moment->inside, 1, 0, "lecture", "/trivium/1", cloned);
    moment->outside.uid = 524288;
    moment = add(record, STEP_CGROUP_NAMES, "init", "unshare(CLONE_NEWCGROUP)",
                 "the group that it is in is called / from now on");
    fill_sight(&moment->inside, 1, 0, "lecture", "/", record->names);
    memcpy(moment->outside.names, moment->inside.names, sizeof moment->inside.names);
    moment = add(record, STEP_HOSTNAME, "init", "sethostname(\"box\")",
                 "the host's name was lecture and is box");
    snprintf(moment->inside.host, sizeof moment->inside.host, "box");
    add(record, STEP_LOOPBACK, "init", "ioctl(SIOCSIFFLAGS, lo, IFF_UP)",
        "127.0.0.1 is there, and no other network");
}

static void add_root(struct ctr_record *record)
{
    struct ctr_moment *moment;

    add(record, STEP_PRIVATE, "init", "mount(/, MS_REC|MS_PRIVATE)",
        "what is mounted from now on is seen in here only");
    moment = add(record, STEP_PIVOT, "init", "fchdir(the new root), pivot_root(\".\", \".\")",
                 "/ is the new root; the host's lies on top of it");
    moment->inside.mounts = moment->outside.mounts = 40;
    moment = add(record, STEP_UNMOUNT, "init", "umount2(\".\", MNT_DETACH), chdir(\"/\")",
                 "no name leads to a file of the host any more: 40 mounts were seen, 19 are left");
    moment->inside.mounts = moment->outside.mounts = 19;
    snprintf(moment->inside.root, SIGHT_TEXT, "tmpfs 0:57");
    snprintf(moment->outside.root, SIGHT_TEXT, "tmpfs 0:57");
    moment = add(record, STEP_RIGHTS, "init", "prctl(PR_CAPBSET_DROP) of all but 8, capset()",
                 "rights were 1ffffffffff and are 0000000004fb: chown dac_override fowner fsetid "
                 "kill setgid setuid net_bind_service");
    moment->inside.hardening = moment->outside.hardening = few_rights;
    moment = add(record, STEP_EXEC, "program", "execve(/bin/sh)", "from here on it is the program");
    moment->inside.pid = 2;
    moment->outside.pid = PROGRAM;
    add_process(&moment->tree, INIT, PROGRAM, 2, "trivium");
    moment->used[CONTROL_PIDS] = 2;
}

static void add_run(struct ctr_record *record)
{
    struct ctr_moment *moment;

    moment = add(record, STEP_EXEC, "", "the program runs",
                 "3 processes besides init; 23 bytes written so far");
    moment->what = MOMENT_RUN;
    moment->at = 20;
    moment->output = 23;
    snprintf(moment->tree.list[1].name, 16, "sh");
    add_process(&moment->tree, PROGRAM, 4713, 3, "prime");
    add_process(&moment->tree, 4713, 4714, 4, "?[2Jprime");
    moment->used[CONTROL_PIDS] = 4;
    moment->used[CONTROL_MEMORY] = 61440;
    moment->inside.seen = false;
    moment = add(record, STEP_EXEC, "", "the program ends",
                 "sh was killed by signal 9 (SIGKILL, Killed): out of memory (OOM), the limit is "
                 "--memory");
    moment->what = MOMENT_END;
    moment->at = 60.5;
    moment->tree = (struct sight_tree){0};
    moment->output = record->output_used;
    moment->outside.seen = false;
    moment = add(record, STEP_GROUP_REMOVE, "trivium", "rmdir(/sys/fs/cgroup/trivium/1)",
                 "the control group is gone");
    moment->at = 61;
    moment->now[0][0] = moment->now[1][0] = '\0';
    moment->used[CONTROL_PIDS] = moment->used[CONTROL_MEMORY] = -1;
}

static void fill(struct ctr_record *record)
{
    static const char output[] = "plain\n\x1b[31mred\x1b[2J\x1b]0;t\a\nlast line\twith\x9b"
                                 "1mCSI\n";

    record->names = ((1u << NAME_COUNT) - 1) & ~(1u << NAME_TIME) & ~(1u << NAME_IPC);
    record->ids = (struct ids){.range = true, .base = 524288};
    record->rights = true;
    memcpy(record->output, output, sizeof output - 1);
    record->output_used = record->output_total = sizeof output - 1;
    fill_sight(&record->host, 4709, 0, "lecture", "/", 0);
    fill_limits(record);
    add_limits(record);
    add_names(record);
    add_root(record);
    add_run(record);
}

int main(int argc, char **argv)
{
    struct ctr_record *log;
    struct names_record names;
    struct record_view view;
    struct grid grid;
    int width, height;

    if (argc < 3 || sscanf(argv[1], "%dx%d", &width, &height) != 2)
        return 2;
    log = calloc(1, sizeof *log);
    if (log == NULL)
        return 2;
    fill(log);
    names_record_init(&names, log);
    record_view_init(&view, &names.record);
    view.command = "sh -c 'prime & prime'";
    view.way = "container";
    record_go(&view, (size_t)atol(argv[2]) - 1);
    for (int i = 3; i < argc; i++) {
        uint32_t key;

        if (!scene_find_key(view.scene.ops, argv[i], &key) && argv[i][1] == '\0')
            key = (unsigned char)argv[i][0];
        scene_key(&view.scene, key);
    }
    grid_init(&grid, width, height);
    record_draw_all(&grid, &view);
    grid_print(stdout, &grid, false);
    grid_fini(&grid);
    free(log);
    return 0;
}
