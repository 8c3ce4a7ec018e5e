/* host.c: reading and measuring the host's facts; see host.h. */
#include "lib/host.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "lib/host_arch.h"

static FILE *open_under(const char *root, const char *path)
{
    char full[PATH_MAX];

    if (snprintf(full, sizeof full, "%s%s", root, path) >= (int)sizeof full)
        return NULL;
    return fopen(full, "re");
}

bool host_read_line(const char *root, const char *path, char *line, int size)
{
    FILE *file = open_under(root, path);
    bool got = file != NULL && fgets(line, size, file) != NULL;

    if (file != NULL)
        fclose(file);
    if (got)
        line[strcspn(line, "\n")] = '\0';
    return got;
}

static int read_number(const char *root, const char *path)
{
    char line[32];

    return host_read_line(root, path, line, sizeof line) ? atoi(line) : -1;
}

/*
 * The value in the first line "KEY<separators>VALUE" of a file, without quotes around it. An empty
 * text when there is none.
 */
static void read_value(const char *root, const char *path, const char *key, const char *separators,
                       char value[HOST_TEXT])
{
    char line[1024];
    FILE *file = open_under(root, path);

    value[0] = '\0';
    while (file != NULL && value[0] == '\0' && fgets(line, sizeof line, file) != NULL) {
        const char *at = line + strlen(key);

        if (strncmp(line, key, strlen(key)) != 0 || strchr(separators, *at) == NULL)
            continue;
        at += strspn(at, separators);
        snprintf(value, HOST_TEXT, "%.*s", (int)strcspn(at, "\"\n"), at);
    }
    if (file != NULL)
        fclose(file);
}

static void probe_cpus(struct host *host, const char *root)
{
    cpu_set_t allowed;
    long online = sysconf(_SC_NPROCESSORS_ONLN);

    read_value(root, "/proc/cpuinfo", "model name", "\t :", host->cpu_model);
    host->cpus_online = online < 1 ? 1 : (unsigned)online;
    host->cpus_affinity = host->cpus_online;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        host->cpus_affinity = (unsigned)CPU_COUNT(&allowed);
    host->limits = host_cgroup_limits(root);
}

static void probe_memory(struct host *host, const char *root)
{
    char total[HOST_TEXT];
    struct rlimit limit;

    read_value(root, "/proc/meminfo", "MemTotal", ": ", total);
    host->memory = strtoull(total, NULL, 10) * 1024;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        host->address_space = limit.rlim_cur;
    host->overcommit = read_number(root, "/proc/sys/vm/overcommit_memory");
    host->randomize = read_number(root, "/proc/sys/kernel/randomize_va_space");
}

static void probe_system(struct host *host, const char *root)
{
    struct utsname name;

    if (uname(&name) == 0) {
        snprintf(host->kernel_name, HOST_TEXT, "%s", name.sysname);
        snprintf(host->kernel_release, HOST_TEXT, "%s", name.release);
        snprintf(host->machine, HOST_TEXT, "%s", name.machine);
    }
    read_value(root, "/etc/os-release", "PRETTY_NAME", "=\"", host->os);
}

/* What tells that a container is around us: each runtime leaves its own mark. */
static void probe_container(struct host *host, const char *root)
{
    static const struct {
        const char *path, *name;
    } marks[] = {
        {"/.dockerenv", "docker"},
        {"/run/.containerenv", "podman"},
        {"/dev/lxd/sock", "lxd"},
        {"/proc/vz/version", "openvz"},
    };
    const char *told = getenv("container"); /* systemd-nspawn, lxc */

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        FILE *file = open_under(root, marks[i].path);

        if (file == NULL)
            continue;
        fclose(file);
        snprintf(host->container, HOST_TEXT, "%s", marks[i].name);
        return;
    }
    if (told != NULL)
        snprintf(host->container, HOST_TEXT, "%s", told);
}

static void probe_virtualization(struct host *host, const char *root)
{
    char vendor[13], release[HOST_TEXT];

    host->hypervisor = host_arch_hypervisor(vendor);
    snprintf(host->hypervisor_vendor, HOST_TEXT, "%s", vendor);
    if (!host_read_line(root, "/sys/class/dmi/id/product_name", host->product, HOST_TEXT))
        host->product[0] = '\0';
    probe_container(host, root);
    if (host_read_line(root, "/proc/sys/kernel/osrelease", release, HOST_TEXT))
        host->wsl = strcasestr(release, "microsoft") != NULL;
}

static double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/*
 * Nanoseconds an operation: the best of several short tries, because whatever disturbs a try can
 * only make it longer.
 */
static double time_loop(void (*loop)(uint64_t count), uint64_t count)
{
    double best = 1e18;

    for (int try = 0; try < 15; try++) {
        double start = now_ns(), took;

        loop(count);
        took = now_ns() - start;
        if (took < best)
            best = took;
    }
    return best / (double)count;
}

static void read_clock(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        now_ns();
}

static void measure(struct host *host)
{
    const struct host_arch_loops *loops = host_arch_loops();
    struct host_speed *speed = &host->speed;

    host->clock_read = time_loop(read_clock, 64);
    speed->measured = loops != NULL;
    if (loops == NULL)
        return;
    speed->add = time_loop(loops->add, 64 * 512);
    speed->load = time_loop(loops->load, 64 * 128);
    speed->indirect_jump = time_loop(loops->indirect_jump, 64 * 64);
    speed->float_add = time_loop(loops->float_add, 64 * 128);
    speed->divide_32 = time_loop(loops->divide_32, 64 * 32);
    speed->divide_64_small = time_loop(loops->divide_64_small, 64 * 32);
    speed->divide_64_large = time_loop(loops->divide_64_large, 64 * 32);
}

void host_probe(struct host *host, const char *root)
{
    *host = (struct host){0};
    probe_cpus(host, root);
    probe_memory(host, root);
    probe_system(host, root);
    probe_virtualization(host, root);
    if (!host_read_line(root, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
                        host->clock_source, HOST_TEXT))
        host->clock_source[0] = '\0';
    measure(host);
}

int host_can_reserve(uint64_t bytes, struct err *err)
{
    void *start = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (start == MAP_FAILED) {
        err_sys(err, errno, "cannot reserve %llu GiB of addresses",
                (unsigned long long)(bytes >> 30));
        return err_hint(err, "ulimit -v unlimited");
    }
    munmap(start, bytes);
    return 0;
}

unsigned host_machine(void)
{
    return host_arch_machine();
}
