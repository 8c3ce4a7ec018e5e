/* test_host.c: the host's facts, read from made-up file systems. */
#include "tests/unit/unit_main.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/host.h"

/* A folder that stands for "/"; the text that makes it is lines "PATH=CONTENT". */
struct tree {
    char root[64];
};

static void make_parents(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
}

static void tree_init(struct tree *tree)
{
    strcpy(tree->root, "/tmp/trivium-host.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(tree->root));
}

static void tree_add(const struct tree *tree, const char *path, const char *content)
{
    char full[512];
    FILE *file;

    snprintf(full, sizeof full, "%s%s", tree->root, path);
    make_parents(full);
    file = fopen(full, "w");
    ck_assert_msg(file != NULL, "cannot write %s", full);
    fputs(content, file);
    ck_assert_int_eq(fclose(file), 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void tree_fini(const struct tree *tree)
{
    nftw(tree->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

START_TEST(no_control_groups_mean_no_limits)
{
    struct tree tree;
    struct host_limits limits;

    tree_init(&tree);
    limits = host_cgroup_limits(tree.root);
    ck_assert_double_eq(limits.cpus, 0);
    ck_assert_uint_eq(limits.memory, 0);
    tree_fini(&tree);
}
END_TEST

START_TEST(version_2_limits_are_read)
{
    struct tree tree;
    struct host_limits limits;

    tree_init(&tree);
    tree_add(&tree, "/proc/self/cgroup", "0::/user.slice/shell\n");
    tree_add(&tree, "/proc/self/mountinfo",
             "25 30 0:23 / /sys rw - sysfs sysfs rw\n"
             "31 25 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
    tree_add(&tree, "/sys/fs/cgroup/user.slice/shell/cpu.max", "150000 100000\n");
    tree_add(&tree, "/sys/fs/cgroup/user.slice/shell/memory.max", "1073741824\n");
    limits = host_cgroup_limits(tree.root);
    ck_assert_double_eq(limits.cpus, 1.5);
    ck_assert_uint_eq(limits.memory, UINT64_C(1) << 30);
    tree_fini(&tree);
}
END_TEST

START_TEST(the_smallest_limit_on_the_way_up_counts)
{
    struct tree tree;
    struct host_limits limits;

    tree_init(&tree);
    tree_add(&tree, "/proc/self/cgroup", "0::/a/b/c\n");
    tree_add(&tree, "/proc/self/mountinfo", "31 25 0:26 / /cg rw - cgroup2 none rw\n");
    tree_add(&tree, "/cg/a/b/c/cpu.max", "max 100000\n");
    tree_add(&tree, "/cg/a/b/cpu.max", "50000 100000\n");
    tree_add(&tree, "/cg/a/cpu.max", "200000 100000\n");
    tree_add(&tree, "/cg/a/b/c/memory.max", "4096000\n");
    tree_add(&tree, "/cg/a/b/memory.max", "max\n");
    tree_add(&tree, "/cg/a/memory.max", "8192000\n");
    limits = host_cgroup_limits(tree.root);
    ck_assert_double_eq(limits.cpus, 0.5);
    ck_assert_uint_eq(limits.memory, 4096000);
    tree_fini(&tree);
}
END_TEST

START_TEST(version_1_limits_are_read_from_each_controllers_own_hierarchy)
{
    struct tree tree;
    struct host_limits limits;

    tree_init(&tree);
    tree_add(&tree, "/proc/self/cgroup",
             "4:memory:/m\n3:cpuset:/\n2:cpu,cpuacct:/jobs/one\n0::/elsewhere\n");
    tree_add(&tree, "/proc/self/mountinfo",
             "32 31 0:29 / /cg/cpuset rw - cgroup cgroup rw,cpuset\n"
             "33 31 0:30 / /cg/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
             "35 31 0:32 / /cg/memory rw - cgroup cgroup rw,memory\n"
             "41 31 0:38 / /cg/unified rw - cgroup2 cgroup2 rw\n");
    tree_add(&tree, "/cg/cpu,cpuacct/jobs/one/cpu.cfs_quota_us", "20000\n");
    tree_add(&tree, "/cg/cpu,cpuacct/jobs/one/cpu.cfs_period_us", "100000\n");
    tree_add(&tree, "/cg/cpu,cpuacct/jobs/cpu.cfs_quota_us", "-1\n");
    tree_add(&tree, "/cg/cpu,cpuacct/jobs/cpu.cfs_period_us", "100000\n");
    tree_add(&tree, "/cg/memory/m/memory.limit_in_bytes", "9223372036854771712\n");
    tree_add(&tree, "/cg/memory/memory.limit_in_bytes", "5000000\n");
    limits = host_cgroup_limits(tree.root);
    ck_assert_double_eq_tol(limits.cpus, 0.2, 1e-9);
    ck_assert_uint_eq(limits.memory, 5000000);
    tree_fini(&tree);
}
END_TEST

START_TEST(in_a_container_the_path_within_the_mount_counts)
{
    struct tree tree;
    struct host_limits limits;

    tree_init(&tree);
    tree_add(&tree, "/proc/self/cgroup", "2:memory:/docker/0123\n");
    tree_add(&tree, "/proc/self/mountinfo",
             "35 31 0:32 /docker/0123 /cg/memory ro - cgroup cgroup rw,memory\n");
    tree_add(&tree, "/cg/memory/memory.limit_in_bytes", "7000000\n");
    ck_assert_uint_eq(host_cgroup_limits(tree.root).memory, 7000000);
    limits = host_cgroup_limits(tree.root);
    ck_assert_double_eq(limits.cpus, 0);
    tree_fini(&tree);
}
END_TEST

START_TEST(broken_files_mean_no_limits)
{
    static const char *const broken[] = {"",         "\n",         "max",    "x y\n",
                                         "100000\n", "100000 0\n", "-5 -5\n"};
    struct tree tree;

    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        tree_init(&tree);
        tree_add(&tree, "/proc/self/cgroup", "0::/\nnonsense\n:\n::\n");
        tree_add(&tree, "/proc/self/mountinfo",
                 "\nnonsense - \n1 2 - cgroup2\n31 25 0:26 / /cg rw - cgroup2 none rw\n");
        tree_add(&tree, "/cg/cpu.max", broken[i]);
        ck_assert_double_eq(host_cgroup_limits(tree.root).cpus, 0);
        tree_fini(&tree);
    }
}
END_TEST

START_TEST(facts_come_from_their_files)
{
    struct tree tree;
    struct host host;

    tree_init(&tree);
    tree_add(&tree, "/proc/cpuinfo", "processor\t: 0\nmodel name\t: A Processor @ 3 GHz\n");
    tree_add(&tree, "/proc/meminfo", "MemTotal:        2048 kB\nMemFree: 1 kB\n");
    tree_add(&tree, "/etc/os-release", "NAME=x\nPRETTY_NAME=\"Some Linux 1\"\n");
    tree_add(&tree, "/proc/sys/kernel/osrelease", "5.15.0-microsoft-standard-WSL2\n");
    tree_add(&tree, "/proc/sys/vm/overcommit_memory", "2\n");
    tree_add(&tree, "/sys/class/dmi/id/product_name", "Box 9\n");
    tree_add(&tree, "/run/.containerenv", "");
    tree_add(&tree, "/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
    host_probe(&host, tree.root);
    ck_assert_str_eq(host.cpu_model, "A Processor @ 3 GHz");
    ck_assert_uint_eq(host.memory, 2048 * 1024);
    ck_assert_str_eq(host.os, "Some Linux 1");
    ck_assert(host.wsl);
    ck_assert_int_eq(host.overcommit, 2);
    ck_assert_int_eq(host.randomize, -1);
    ck_assert_str_eq(host.product, "Box 9");
    ck_assert_str_eq(host.container, "podman");
    ck_assert_str_eq(host.clock_source, "hpet");
    tree_fini(&tree);
}
END_TEST

START_TEST(without_any_file_the_facts_are_empty_not_wrong)
{
    struct tree tree;
    struct host host;

    unsetenv("container");
    tree_init(&tree);
    host_probe(&host, tree.root);
    ck_assert_str_eq(host.cpu_model, "");
    ck_assert_uint_eq(host.memory, 0);
    ck_assert_str_eq(host.container, "");
    ck_assert(!host.wsl);
    ck_assert_uint_ge(host.cpus_online, 1);
    ck_assert_uint_ge(host.cpus_affinity, 1);
    tree_fini(&tree);
}
END_TEST

START_TEST(every_timed_loop_takes_time)
{
    struct host host;

    host_probe(&host, "");
    ck_assert_double_gt(host.clock_read, 0);
    if (!host.speed.measured)
        return;
    ck_assert_double_gt(host.speed.add, 0.01);
    ck_assert_double_gt(host.speed.load, 0.01);
    ck_assert_double_gt(host.speed.indirect_jump, 0.01);
    ck_assert_double_gt(host.speed.float_add, 0.01);
    ck_assert_double_gt(host.speed.divide_32, host.speed.add);
    ck_assert_double_gt(host.speed.divide_64_small, host.speed.add);
    ck_assert_double_gt(host.speed.divide_64_large, host.speed.add);
}
END_TEST

START_TEST(an_address_space_is_reserved_or_refused_with_a_hint)
{
    struct err err = {0};

    ck_assert_int_eq(host_can_reserve(1 << 20, &err), 0);
    ck_assert_int_eq(host_can_reserve(UINT64_C(1) << 60, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "cannot reserve"));
    ck_assert_ptr_nonnull(strstr(err.hint, "ulimit -v"));
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("host");
    TCase *tests = tcase_create("facts");

    tcase_add_test(tests, no_control_groups_mean_no_limits);
    tcase_add_test(tests, version_2_limits_are_read);
    tcase_add_test(tests, the_smallest_limit_on_the_way_up_counts);
    tcase_add_test(tests, version_1_limits_are_read_from_each_controllers_own_hierarchy);
    tcase_add_test(tests, in_a_container_the_path_within_the_mount_counts);
    tcase_add_test(tests, broken_files_mean_no_limits);
    tcase_add_test(tests, facts_come_from_their_files);
    tcase_add_test(tests, without_any_file_the_facts_are_empty_not_wrong);
    tcase_add_test(tests, every_timed_loop_takes_time);
    tcase_add_test(tests, an_address_space_is_reserved_or_refused_with_a_hint);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
