/*
 * ps.c: `trivium ps`: the containers that run, and those that are kept; `trivium rm`: the kept ones
 * go.
 *
 * Read next: ctr/running.h, ctr/store.h.
 */
#include <argp.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/status.h"
#include "cli/text.h"
#include "ctr/limits.h"
#include "ctr/running.h"
#include "ctr/store.h"

struct ps_options {
    bool all;
    const char *json_path; /* NULL: a table */
};

/* What a container uses now. */
struct use {
    unsigned processes;
    uint64_t resident; /* bytes; what processes share counts for each */
    double cpu;        /* seconds, of all that live, and of the dead that their parents reaped */
};

/* What is printed: lines, or JSON. */
struct listing {
    json_t *json; /* an array; NULL: lines */
    unsigned count;
};

/* Adds what /proc says of one process; false: it is no more. Source: proc_pid_stat(5). */
static bool add_process(struct use *use, int pid)
{
    char path[64], text[1024] = "";
    const char *rest;
    unsigned long user, system;
    long children_user, children_system, resident;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    rest = fgets(text, sizeof text, file) == NULL ? NULL : strrchr(text, ')'); /* the name's end */
    fclose(file);
    if (rest == NULL || sscanf(rest,
                               ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld %*d "
                               "%*d %*d %*d %*u %*u %ld",
                               &user, &system, &children_user, &children_system, &resident) != 5)
        return false;
    use->processes++;
    use->resident += (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
    use->cpu += ((double)user + (double)system + (double)children_user + (double)children_system) /
                (double)sysconf(_SC_CLK_TCK);
    return true;
}

/* The process and all that descend from it. A fork bomb has no depth to speak of, but many. */
static void add_tree(struct use *use, int pid, unsigned depth)
{
    char path[64];
    FILE *file;
    int child;

    if (!add_process(use, pid) || depth == 200)
        return;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    file = fopen(path, "re");
    while (file != NULL && fscanf(file, "%d", &child) == 1)
        add_tree(use, child, depth + 1);
    if (file != NULL)
        fclose(file);
}

/* The number in a file of the container's group; -1: there is none ("max" is none, too). */
static long long read_number(const struct running_container *container, enum control control,
                             const char *old, const char *new)
{
    struct group group = {.version = container->groups[control].version};
    char text[64] = "";
    long long number = -1;

    if (group.version == 0)
        return -1;
    group.fd = open(container->groups[control].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (group.fd < 0)
        return -1;
    if (group_read(&group, group.version == 1 ? old : new, text, sizeof text) && text[0] >= '0' &&
        text[0] <= '9')
        number = strtoll(text, NULL, 10);
    close(group.fd);
    return number;
}

/* What is claimed, by the files that the kernel goes by; -1: no limit. */
struct claims {
    long long processes, memory;
    double cpus; /* 0: no limit */
};

static struct claims read_claims(const struct running_container *container)
{
    long long quota = read_number(container, CONTROL_CPU, "cpu.cfs_quota_us", "cpu.max");
    struct claims claims = {
        .processes = read_number(container, CONTROL_PIDS, "pids.max", "pids.max"),
        .memory = read_number(container, CONTROL_MEMORY, "memory.limit_in_bytes", "memory.max"),
        .cpus = quota < 0 ? 0 : (double)quota / LIMITS_PERIOD,
    };

    return claims;
}

static void print_running(const struct running_container *container, const struct use *use,
                          const struct claims *claims)
{
    char since[32] = "?", used[TEXT_SIZE], most[TEXT_SIZE] = "-", processes[48], cpus[48] = "-";
    time_t when = (time_t)container->since;
    struct tm local;

    if (when != 0 && localtime_r(&when, &local) != NULL)
        strftime(since, sizeof since, "%Y-%m-%d %H:%M:%S", &local);
    if (claims->processes < 0)
        snprintf(processes, sizeof processes, "%u", use->processes);
    else
        snprintf(processes, sizeof processes, "%u of %lld", use->processes, claims->processes);
    if (claims->memory >= 0)
        text_bytes(most, (uint64_t)claims->memory);
    if (claims->cpus > 0)
        snprintf(cpus, sizeof cpus, "%g", claims->cpus);
    printf("%-16s %8d  %-19s  %-12s  %11s  %10s %10s  %8.2f %5s  %s\n", container->name,
           (int)container->init, since, container->image[0] == '\0' ? "-" : container->image,
           processes, text_bytes(used, use->resident), most, use->cpu, cpus, container->program);
}

static int show_running(void *owner, const struct running_container *container)
{
    struct listing *listing = owner;
    struct claims claims = read_claims(container);
    struct use use = {0};
    long long memory =
        read_number(container, CONTROL_MEMORY, "memory.usage_in_bytes", "memory.current");

    if (container->init > 0)
        add_tree(&use, container->init, 0);
    if (memory >= 0)
        use.resident = (uint64_t)memory;
    if (listing->json != NULL)
        json_array_append_new(
            listing->json,
            json_pack("{s:s, s:s, s:i, s:I, s:s, s:s, s:i, s:I, s:f, s:I, s:I, s:f}", "name",
                      container->name, "state", "running", "pid", (int)container->init, "since",
                      (json_int_t)container->since, "image", container->image, "program",
                      container->program, "processes", (int)use.processes, "memory",
                      (json_int_t)use.resident, "cpu_seconds", use.cpu, "processes_limit",
                      (json_int_t)claims.processes, "memory_limit", (json_int_t)claims.memory,
                      "cpus_limit", claims.cpus));
    else
        print_running(container, &use, &claims);
    listing->count++;
    return 0;
}

static int show_kept(void *owner, const struct image *image, struct err *err)
{
    struct listing *listing = owner;
    const struct image_layer *top = &image->layers[image->count - 1];
    char size[TEXT_SIZE];

    (void)err;
    if (listing->json != NULL)
        json_array_append_new(listing->json,
                              json_pack("{s:s, s:s, s:I, s:I}", "name", image->name, "state",
                                        "kept", "since", (json_int_t)top->made, "written",
                                        (json_int_t)top->size));
    else
        printf("%-16s %8s  %zu layers, the last of %s\n", image->name, "kept", image->count,
               text_bytes(size, top->size));
    listing->count++;
    return 0;
}

static int show_all(const struct ps_options *wanted, struct listing *listing, struct err *err)
{
    struct store store;
    int answer;

    if (listing->json == NULL)
        printf("%-16s %8s  %-19s  %-12s  %11s  %10s %10s  %8s %5s  %s\n", "NAME", "PID", "SINCE",
               "IMAGE", "PROCESSES", "MEMORY", "OF", "CPU s", "CPUS", "PROGRAM");
    if (running_list(show_running, listing, err) < 0)
        return -1;
    if (!wanted->all)
        return 0;
    if (store_open(&store, false, err) < 0)
        return -1;
    answer = store_list(&store, STORE_CONTAINER, show_kept, listing, err);
    store_close(&store);
    return answer;
}

static error_t parse_ps(int key, char *arg, struct argp_state *state)
{
    struct ps_options *ps = state->input;

    switch (key) {
    case 'a': ps->all = true; return 0;
    case 'j': ps->json_path = arg; return 0;
    case ARGP_KEY_ARG: argp_error(state, "ps takes no argument '%s'", arg); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

int command_ps(int argc, char **argv, struct err *err)
{
    static const struct argp_option options[] = {
        {"all", 'a', NULL, 0, "Those that have ended and are kept, too", 0},
        {"json", 'j', "FILE", 0, "Write them as JSON; - is standard output", 0},
        {0},
    };
    static const struct argp parser = {
        .options = options,
        .parser = parse_ps,
        .doc = "Shows which containers of yours run: name, process number of their init, since "
               "when, image, processes, memory and CPU time with their limits, program."};
    struct ps_options wanted = {.all = false};
    struct listing listing = {.json = NULL};
    struct output_file output;
    int answer;

    argp_parse(&parser, argc, argv, 0, NULL, &wanted);
    if (wanted.json_path != NULL) {
        if (output_open(&output, wanted.json_path, err) < 0)
            return STATUS_FAILED;
        listing.json = json_array();
    }
    answer = show_all(&wanted, &listing, err);
    if (listing.json != NULL && answer < 0) {
        json_decref(listing.json);
        output_abandon(&output);
    } else if (listing.json != NULL) {
        answer = json_write(listing.json, &output, err);
    }
    return answer < 0 ? STATUS_FAILED : EXIT_SUCCESS;
}

static error_t parse_rm(int key, char *arg, struct argp_state *state)
{
    char ***names = state->input;

    (void)arg;
    switch (key) {
    case ARGP_KEY_ARGS: *names = state->argv + state->next; return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which containers? (trivium ps --all)"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

int command_rm(int argc, char **argv, struct err *err)
{
    static const struct argp parser = {
        .parser = parse_rm,
        .args_doc = "NAME...",
        .doc = "Removes containers that have ended and were kept (trivium run --name), and what "
               "they wrote. Images that were made of them stay."};
    struct store store;
    char **names = NULL;
    int answer = 0;

    argp_parse(&parser, argc, argv, 0, NULL, &names);
    if (store_open(&store, true, err) < 0)
        return STATUS_FAILED;
    for (; *names != NULL && answer == 0; names++)
        answer = store_remove(&store, STORE_CONTAINER, *names, err);
    store_close(&store);
    return answer < 0 ? STATUS_FAILED : EXIT_SUCCESS;
}
