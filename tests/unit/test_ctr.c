/* test_ctr.c: the parts of a container that need no rights: names, ids, places, groups' files,
 * calls. */
#include "tests/unit/unit_main.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ctr/group.h"
#include "ctr/harden.h"
#include "ctr/ids.h"
#include "ctr/limits.h"
#include "ctr/mounts.h"
#include "ctr/names.h"

/* Names. */

START_TEST(each_namespace_is_found_by_its_name)
{
    for (unsigned i = 0; i < NAME_COUNT; i++)
        ck_assert_uint_eq(names_find(name_rows[i].name, strlen(name_rows[i].name)), i);
    ck_assert_uint_eq(names_find("pi", 2), NAME_COUNT);
    ck_assert_uint_eq(names_find("pids", 4), NAME_COUNT);
    ck_assert_uint_eq(names_find("", 0), NAME_COUNT);
}
END_TEST

START_TEST(a_set_of_names_is_flags_of_clone)
{
    char text[160];
    unsigned set = 1u << NAME_PID | 1u << NAME_NET | 1u << NAME_CGROUP;

    ck_assert_uint_eq(names_flags(set), CLONE_NEWPID | CLONE_NEWNET);
    names_text(text, sizeof text, set);
    ck_assert_str_eq(text, "CLONE_NEWPID|CLONE_NEWNET");
    ck_assert_uint_eq(names_flags(0), 0);
}
END_TEST

/* Ids. */

/* A folder that stands for "/", with these maps. */
static void make_maps(char root[64], const char *map)
{
    static const char *const names[] = {"uid_map", "gid_map"};
    char path[128];

    snprintf(root, 64, "/tmp/trivium-ctr.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    snprintf(path, sizeof path, "%s/proc", root);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/proc/self", root);
    mkdir(path, 0755);
    for (size_t i = 0; i < 2; i++) {
        FILE *file;

        snprintf(path, sizeof path, "%s/proc/self/%s", root, names[i]);
        file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        fputs(map, file);
        fclose(file);
    }
}

static struct ids choose(const char *map, bool may_map, unsigned salt)
{
    char root[64], command[128];
    struct ids ids;

    make_maps(root, map);
    ids_choose(&ids, root, may_map, salt);
    snprintf(command, sizeof command, "rm -r %s", root);
    ck_assert_int_eq(system(command), 0);
    return ids;
}

START_TEST(root_of_a_host_maps_a_range_that_is_nobodys)
{
    struct ids ids = choose("         0          0 4294967295\n", true, 7);

    ck_assert(ids.range);
    ck_assert_uint_ge(ids.base, 524288);
    ck_assert_uint_eq(ids.base % IDS_RANGE, 0);
    ck_assert_uint_ne(ids.base, choose("0 0 4294967295\n", true, 8).base);
}
END_TEST

START_TEST(who_may_not_map_maps_himself)
{
    ck_assert(!choose("0 0 4294967295\n", false, 7).range);
    ck_assert_uint_eq(choose("0 0 4294967295\n", false, 7).uid, geteuid());
}
END_TEST

START_TEST(root_of_a_namespace_without_the_range_maps_himself)
{
    ck_assert(!choose("0 1000 1\n", true, 7).range);
    ck_assert(!choose("0 100000 65536\n", true, 7).range);
    ck_assert(!choose("", true, 7).range);
    /* Nearly: one id is missing at the end. */
    ck_assert(!choose("0 0 589823\n", true, 0).range);
    ck_assert(choose("0 0 589824\n", true, 0).range);
}
END_TEST

/* Places. */

START_TEST(no_link_is_followed_to_a_place)
{
    char root[] = "/tmp/trivium-ctr.XXXXXX", command[128];
    int fd;

    ck_assert_ptr_nonnull(mkdtemp(root));
    fd = open(root, O_PATH | O_DIRECTORY);
    ck_assert_int_eq(mkdirat(fd, "real", 0755), 0);
    ck_assert_int_eq(symlinkat("/etc", fd, "proc"), 0);
    ck_assert_int_eq(symlinkat("real", fd, "near"), 0);
    ck_assert_int_ge(mounts_find(fd, "real", O_PATH), 0);
    ck_assert_int_eq(mounts_find(fd, "proc", O_PATH), -1);
    ck_assert_int_eq(errno, ELOOP);
    ck_assert_int_eq(mounts_find(fd, "proc/passwd", O_PATH), -1);
    ck_assert_int_eq(mounts_find(fd, "near", O_PATH), -1);
    /* Upwards there is nothing but the root itself. */
    ck_assert_int_ge(mounts_find(fd, "../../../real", O_PATH), 0);
    ck_assert_int_eq(mounts_find(fd, "../../etc/passwd", O_PATH), -1);
    snprintf(command, sizeof command, "rm -r %s", root);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* Groups' files. */

START_TEST(numbers_of_a_group_are_found_by_their_whole_key)
{
    char root[] = "/tmp/trivium-ctr.XXXXXX", command[128];
    struct group group = {.version = 2};
    char text[16];
    int fd;

    ck_assert_ptr_nonnull(mkdtemp(root));
    group.fd = open(root, O_RDONLY | O_DIRECTORY);
    fd = openat(group.fd, "memory.events", O_WRONLY | O_CREAT, 0644);
    ck_assert_int_eq(write(fd, "low 1\noom 2\noom_kill 3\n", 23), 23);
    close(fd);
    ck_assert_int_eq(group_number(&group, "memory.events", "oom"), 2);
    ck_assert_int_eq(group_number(&group, "memory.events", "oom_kill"), 3);
    ck_assert_int_eq(group_number(&group, "memory.events", "kill"), -1);
    ck_assert_int_eq(group_number(&group, "nothing", "oom"), -1);
    ck_assert(group_read(&group, "memory.events", text, sizeof text));
    ck_assert_str_eq(text, "low 1");
    ck_assert(!group_read(&group, "nothing", text, sizeof text));
    snprintf(command, sizeof command, "rm -r %s", root);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* A group of all four controllers, whose files are in a folder of their own. */
static void make_group(struct groups *groups, char *root, int version, const char *const files[][2])
{
    ck_assert_ptr_nonnull(mkdtemp(root));
    groups_init(groups);
    groups->count = 1;
    groups->list[0] = (struct group){.version = version, .fd = open(root, O_RDONLY | O_DIRECTORY)};
    for (unsigned i = 0; i < CONTROL_COUNT; i++)
        groups->of[i] = 0;
    for (; (*files)[0] != NULL; files++) {
        int fd = openat(groups->list[0].fd, (*files)[0], O_WRONLY | O_CREAT, 0644);
        size_t length = strlen((*files)[1]);

        ck_assert_int_eq(write(fd, (*files)[1], length), (ssize_t)length);
        close(fd);
    }
}

static void verify(int version, const char *const files[][2],
                   struct limit_report reports[CONTROL_COUNT])
{
    char root[] = "/tmp/trivium-ctr.XXXXXX", command[128];
    struct groups groups;

    make_group(&groups, root, version, files);
    for (unsigned i = 0; i < CONTROL_COUNT; i++)
        reports[i] = (struct limit_report){.set = true};
    limits_verify(&groups, reports);
    close(groups.list[0].fd);
    snprintf(command, sizeof command, "rm -r %s", root);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(what_limits_did_is_read_from_version_2)
{
    static const char *const files[][2] = {
        {"cpu.max", "20000 100000\n"},
        {"cpu.stat", "usage_usec 9\nnr_periods 10\nnr_throttled 7\nthrottled_usec 500000\n"},
        {"memory.max", "16777216\n"},
        {"memory.peak", "16000000\n"},
        {"memory.events", "low 0\nmax 5\noom 1\noom_kill 3\noom_group_kill 1\n"},
        {"pids.max", "20\n"},
        {"pids.events", "max 4\n"},
        {"cpuset.cpus.effective", "0-1\n"},
        {NULL, NULL}};
    struct limit_report reports[CONTROL_COUNT];

    verify(2, files, reports);
    ck_assert_str_eq(reports[CONTROL_CPU].enforced, "20000 100000 us");
    ck_assert_str_eq(reports[CONTROL_CPU].did, "throttled in 7 of 10 periods, for 0.500 s");
    ck_assert_int_eq(reports[CONTROL_MEMORY].bites, 3);
    ck_assert_str_eq(reports[CONTROL_MEMORY].did, "peak 16000000 bytes; 3 killed for memory");
    ck_assert_int_eq(reports[CONTROL_PIDS].bites, 4);
    ck_assert_str_eq(reports[CONTROL_CPUSET].enforced, "0-1");
}
END_TEST

START_TEST(what_limits_did_is_read_from_version_1)
{
    static const char *const files[][2] = {
        {"cpu.cfs_quota_us", "20000\n"},
        {"cpu.stat", "nr_periods 10\nnr_throttled 7\nthrottled_time 500000000\n"},
        {"memory.limit_in_bytes", "16777216\n"},
        {"memory.max_usage_in_bytes", "16000000\n"},
        {"memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"},
        {"pids.max", "20\n"},
        {"pids.events", "max 4\n"},
        {"cpuset.effective_cpus", "0-1\n"},
        {NULL, NULL}};
    struct limit_report reports[CONTROL_COUNT];

    verify(1, files, reports);
    ck_assert_str_eq(reports[CONTROL_CPU].enforced, "20000 us in 100000");
    ck_assert_str_eq(reports[CONTROL_CPU].did, "throttled in 7 of 10 periods, for 0.500 s");
    ck_assert_int_eq(reports[CONTROL_MEMORY].bites, 3);
    ck_assert_int_eq(reports[CONTROL_PIDS].bites, 4);
    ck_assert_str_eq(reports[CONTROL_CPUSET].enforced, "0-1");
}
END_TEST

/* System calls. */

/* What one filter says: classic BPF over struct seccomp_data, as far as libseccomp uses it. */
static uint32_t ask_filter(int which, const struct seccomp_data *data)
{
    size_t count, at = 0;
    const struct sock_filter *filter = harden_filter(which, &count);
    uint32_t a = 0;

    while (at < count) {
        const struct sock_filter *one = &filter[at++];

        switch (one->code) {
        case BPF_LD | BPF_W | BPF_ABS: memcpy(&a, (const char *)data + one->k, 4); break;
        case BPF_ALU | BPF_AND | BPF_K: a &= one->k; break;
        case BPF_JMP | BPF_JA: at += one->k; break;
        case BPF_JMP | BPF_JEQ | BPF_K: at += a == one->k ? one->jt : one->jf; break;
        case BPF_JMP | BPF_JGT | BPF_K: at += a > one->k ? one->jt : one->jf; break;
        case BPF_JMP | BPF_JGE | BPF_K: at += a >= one->k ? one->jt : one->jf; break;
        case BPF_JMP | BPF_JSET | BPF_K: at += (a & one->k) != 0 ? one->jt : one->jf; break;
        case BPF_RET | BPF_K: return one->k;
        default: ck_abort_msg("an instruction that this test does not know: 0x%x", one->code);
        }
    }
    ck_abort_msg("the filter has no end");
    return 0;
}

/* 0: allowed; else the errno. The stricter of both counts, as in the kernel. */
static int verdict(uint32_t arch, int number, uint64_t first, uint64_t second)
{
    struct seccomp_data data = {.nr = number, .arch = arch, .args = {first, second}};
    uint32_t calls = ask_filter(0, &data), arguments = ask_filter(1, &data);

    if (calls != SECCOMP_RET_ALLOW)
        return (int)(calls & SECCOMP_RET_DATA);
    return arguments == SECCOMP_RET_ALLOW ? 0 : (int)(arguments & SECCOMP_RET_DATA);
}

static int native(int number, uint64_t first, uint64_t second)
{
    return verdict(AUDIT_ARCH_X86_64, number, first, second);
}

START_TEST(what_every_program_needs_is_allowed)
{
    static const int calls[] = {SYS_read,  SYS_write, SYS_openat,        SYS_mmap,  SYS_fork,
                                SYS_clone, SYS_pipe2, SYS_execve,        SYS_wait4, SYS_exit_group,
                                SYS_ioctl, SYS_futex, SYS_clock_gettime, SYS_brk,   SYS_socket};

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        ck_assert_msg(native(calls[i], 0, 0) == 0, "call %d", calls[i]);
}
END_TEST

START_TEST(what_is_the_hosts_is_refused)
{
    static const int calls[] = {SYS_mount,         SYS_unshare, SYS_setns,
                                SYS_bpf,           SYS_keyctl,  SYS_reboot,
                                SYS_init_module,   SYS_ptrace,  SYS_open_by_handle_at,
                                SYS_io_uring_setup};

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        ck_assert_msg(native(calls[i], 0, 0) == EPERM, "call %d", calls[i]);
}
END_TEST

START_TEST(calls_newer_than_the_table_and_clone3_are_not_there)
{
    ck_assert_int_eq(native(SYS_clone3, 0, 0), ENOSYS);
    ck_assert_int_eq(native(600, 0, 0), ENOSYS);
    ck_assert_int_eq(native(-1, 0, 0), ENOSYS);
}
END_TEST

START_TEST(every_call_that_linux_6_1_has_is_in_the_table)
{
    static const char *const names[] = {
#define CALLS(verdict, why, calls) calls,
#define ARGUMENT(name, index, mask, value, why)
#include "ctr/calls.def"
#undef CALLS
#undef ARGUMENT
    };
    unsigned count = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[2048], padded[2050], word[64], *rest = text;

        snprintf(text, sizeof text, "%s", names[i]);
        for (char *name = strsep(&rest, " "); name != NULL; name = strsep(&rest, " ")) {
            count++;
            snprintf(word, sizeof word, " %s ", name);
            for (size_t j = i + 1; j < sizeof names / sizeof *names; j++) {
                snprintf(padded, sizeof padded, " %s ", names[j]);
                ck_assert_msg(strstr(padded, word) == NULL, "%s is there twice", name);
            }
        }
    }
    ck_assert_uint_eq(count, 362);
}
END_TEST

START_TEST(other_doors_into_the_kernel_are_shut)
{
    ck_assert_int_eq(verdict(AUDIT_ARCH_I386, 20, 0, 0), ENOSYS);
    ck_assert_int_eq(native(0x40000000 | SYS_getpid, 0, 0), ENOSYS); /* x32 */
}
END_TEST

START_TEST(clone_makes_no_namespaces)
{
    static const uint64_t flags[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                     CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        ck_assert_int_eq(native(SYS_clone, flags[i] | SIGCHLD, 0), EPERM);
    ck_assert_int_eq(native(SYS_clone, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, 0), 0);
}
END_TEST

START_TEST(nothing_is_typed_into_a_terminal_whatever_the_upper_half_says)
{
    ck_assert_int_eq(native(SYS_ioctl, 0, TIOCSTI), EPERM);
    ck_assert_int_eq(native(SYS_ioctl, 0, TIOCSTI | UINT64_C(1) << 32), EPERM);
    ck_assert_int_eq(native(SYS_ioctl, 0, 0x541c), EPERM);
    ck_assert_int_eq(native(SYS_ioctl, 0, TCGETS), 0);
    ck_assert_int_eq(native(SYS_socket, UINT64_C(0xffffffff) << 32 | 40, 0), EPERM);
    ck_assert_int_eq(native(SYS_socket, 2, 0), 0);
}
END_TEST

/* Steps. */

struct told {
    unsigned count;
    char last[2 * STEP_TEXT + 64];
};

static void listen_to(void *owner, const struct ctr_step *step)
{
    struct told *told = owner;

    told->count++;
    snprintf(told->last, sizeof told->last, "%u %s %s: %s", step->number, step->who, step->call,
             step->effect);
}

START_TEST(a_step_is_told_to_who_listens)
{
    struct told told = {0};
    const struct ctr_observer observer = {.step = listen_to, .owner = &told};
    unsigned count = 4;
    struct steps steps, silent;

    steps_init(&steps, &observer, "init", &count);
    steps_init(&silent, NULL, "init", &count);
    step_begin(&steps, STEP_FORK, "call(%d)", 1);
    ck_assert_uint_eq(told.count, 0);
    step_end(&steps, "it is %s", "done");
    step_begin(&silent, STEP_FORK, "call(%d)", 2);
    step_end(&silent, "nobody hears");
    ck_assert_uint_eq(told.count, 1);
    ck_assert_str_eq(told.last, "5 init call(1): it is done");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ctr");
    TCase *tests = tcase_create("ctr");

    tcase_add_test(tests, each_namespace_is_found_by_its_name);
    tcase_add_test(tests, a_set_of_names_is_flags_of_clone);
    tcase_add_test(tests, root_of_a_host_maps_a_range_that_is_nobodys);
    tcase_add_test(tests, who_may_not_map_maps_himself);
    tcase_add_test(tests, root_of_a_namespace_without_the_range_maps_himself);
    tcase_add_test(tests, no_link_is_followed_to_a_place);
    tcase_add_test(tests, numbers_of_a_group_are_found_by_their_whole_key);
    tcase_add_test(tests, what_limits_did_is_read_from_version_2);
    tcase_add_test(tests, what_limits_did_is_read_from_version_1);
    tcase_add_test(tests, what_every_program_needs_is_allowed);
    tcase_add_test(tests, what_is_the_hosts_is_refused);
    tcase_add_test(tests, calls_newer_than_the_table_and_clone3_are_not_there);
    tcase_add_test(tests, every_call_that_linux_6_1_has_is_in_the_table);
    tcase_add_test(tests, other_doors_into_the_kernel_are_shut);
    tcase_add_test(tests, clone_makes_no_namespaces);
    tcase_add_test(tests, nothing_is_typed_into_a_terminal_whatever_the_upper_half_says);
    tcase_add_test(tests, a_step_is_told_to_who_listens);
    suite_add_tcase(suite, tests);
    return unit_main(suite);
}
