/* contain.c: from options and a launch to a container; see contain.h. */
#include "cli/contain.h"

#include <elf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/contain_image.h"
#include "cli/locate.h"
#include "cli/options.h"
#include "ctr/explain.h"
#include "ctr/store.h"
#include "lib/host.h"

enum option_key {
    KEY_SHARE = 768, /* above those of machine.c */
    KEY_HOSTNAME,
    KEY_PIDS,
    KEY_CPUSET,
    KEY_PRIVILEGED,
    KEY_TTY,
    KEY_WORKDIR,
    KEY_ENV,
    KEY_AS,
    KEY_IMAGE,
    KEY_WRITABLE,
    KEY_NAME,
    KEY_RM,
    KEY_TIME_OFFSET,
};

/* The least that the programs of a root and their init need. */
#define MEMORY_LEAST   (UINT64_C(8) << 20)
#define MEMORY_MOST    (UINT64_C(1) << 40)
#define WRITABLE_LEAST (UINT64_C(64) << 10)
#define WRITABLE       (UINT64_C(64) << 20)
#define PIDS_MOST      4000000u
#define CPUS_MOST      8192.0
#define OFFSET_MOST    1000000000

#define HOSTNAME       "container"

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "A container:", 6},
    {"share", KEY_SHARE, "NAME,...", 0,
     "Let it have these names in common with the host instead of its own: user, mount, pid, net, uts, "
     "ipc, cgroup",
     6},
    {"time-offset", KEY_TIME_OFFSET, "SECONDS", 0,
     "Give it clocks of its own, too: what it takes for the uptime is that much more (or less: -5)",
     6},
    {"pids", KEY_PIDS, "N", 0,
     "At most so many processes at a time (4096, where this host lets us limit them)", 6},
    {"cpuset", KEY_CPUSET, "LIST", 0, "Only on these processors, such as 0 or 0-2,4", 6},
    {"hostname", KEY_HOSTNAME, "NAME", 0, "What it believes to be called (" HOSTNAME ")", 6},
    {"image", KEY_IMAGE, "NAME", 0,
     "Its files are those of the image (trivium image), and PROGRAM is a name in there", 6},
    {"writable", KEY_WRITABLE, "SIZE", 0, "So much may be written over an image (64M)", 6},
    {"name", KEY_NAME, "NAME", 0,
     "Call it so (trivium ps), and keep what it writes over its image (trivium image commit)", 6},
    {"rm", KEY_RM, NULL, 0, "Keep nothing, as without --name", 6},
    {"workdir", KEY_WORKDIR, "DIR", 0, "Start in this folder of the container (/)", 6},
    {"env", KEY_ENV, "NAME=VALUE", 0,
     "Put that into its environment; NAME alone: with the value that it has here", 6},
    {"as", KEY_AS, "UID[:GID]", 0, "Be that user in there, by number, and not root (0:0)", 6},
    {"privileged", KEY_PRIVILEGED, NULL, 0,
     "Keep all rights, system calls and /proc, which a container gives up. For experiments with what "
     "the walls are for",
     6},
    {0},
};

static const struct argp_option terminal_options[] = {
    {"tty", KEY_TTY, NULL, 0,
     "Give it a terminal of its own, tied to yours: for shells and what is typed into", 6},
    {0},
};

static unsigned parse_names(struct argp_state *state, const char *list)
{
    unsigned set = 0;

    for (const char *at = list; *at != '\0';) {
        size_t length = strcspn(at, ",");
        enum ctr_name name = names_find(at, length);

        if (name == NAME_COUNT || name == NAME_TIME) /* clocks are shared unless one asks */
            argp_error(state,
                       "--share knows user, mount, pid, net, uts, ipc and cgroup, not '%.*s'",
                       (int)length, at);
        else
            set |= 1u << name;
        at += length + (at[length] == ',');
    }
    return set;
}

static int64_t parse_offset(struct argp_state *state, const char *arg)
{
    char *end;
    long long offset = strtoll(arg, &end, 10);

    if (end == arg || *end != '\0' || offset > OFFSET_MOST || offset < -OFFSET_MOST)
        argp_error(state, "--time-offset needs whole seconds, such as 86400 or -60, not '%s'", arg);
    return offset;
}

static const char *parse_cpuset(struct argp_state *state, const char *arg)
{
    if (arg[0] == '\0' || strlen(arg) > 80 || strspn(arg, "0123456789,-") != strlen(arg))
        argp_error(state, "--cpuset needs a list of processors, such as 0 or 0-2,4, not '%s'", arg);
    return arg;
}

static const char *parse_folder(struct argp_state *state, const char *arg)
{
    if (arg[0] != '/')
        argp_error(state,
                   "--workdir needs the name of a folder in the container from / on, not '%s'",
                   arg);
    return arg;
}

static void parse_variable(struct contain_options *contain, const char *arg,
                           struct argp_state *state)
{
    const char *value;
    size_t count = 0;

    if (arg[0] == '\0' || arg[0] == '=')
        argp_error(state, "--env needs NAME=VALUE, or NAME, not '%s'", arg);
    if (strchr(arg, '=') == NULL) {
        value = getenv(arg);
        if (value == NULL)
            argp_error(state, "--env %s: there is no such variable here that could be passed on",
                       arg);
        arg = value - strlen(arg) - 1; /* environ has NAME=VALUE */
    }
    while (contain->environment[count] != NULL)
        count++;
    if (count == CONTAIN_VARIABLES)
        argp_error(state, "at most %d times --env", CONTAIN_VARIABLES);
    contain->environment[count] = arg;
}

static const char *parse_container(struct argp_state *state, const char *arg)
{
    if (!store_is_name(arg))
        argp_error(state,
                   "--name needs letters, digits, dots, dashes and underscores, 64 at most, not "
                   "'%s'",
                   arg);
    return arg;
}

static void parse_user(struct contain_options *contain, const char *arg, struct argp_state *state)
{
    unsigned long number[2] = {0, 0};
    const char *at = arg;
    bool good = true;

    for (int i = 0; i < 2 && good; i++) {
        char *end;

        number[i] = strtoul(at, &end, 10);
        good = *at >= '0' && *at <= '9' && number[i] < IDS_RANGE &&
               (*end == '\0' || (i == 0 && *end == ':'));
        at = end + 1;
        if (*end == '\0')
            break;
    }
    if (!good)
        argp_error(state,
                   "--as needs a user's number from 0 to %u, such as 1000 or 1000:100, not '%s'",
                   IDS_RANGE - 1, arg);
    contain->uid = (unsigned)number[0];
    contain->gid = strchr(arg, ':') == NULL ? contain->uid : (unsigned)number[1];
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct contain_options *contain = state->input;

    switch (key) {
    case KEY_SHARE: contain->shared |= parse_names(state, arg); break;
    case KEY_PIDS: contain->limits.pids = option_count(state, "--pids", arg, PIDS_MOST); break;
    case KEY_CPUSET: contain->limits.cpuset = parse_cpuset(state, arg); break;
    case KEY_IMAGE: contain->image = arg; break;
    case KEY_WRITABLE:
        contain->writable = option_bytes(state, "--writable", arg, WRITABLE_LEAST, MEMORY_MOST);
        break;
    case KEY_NAME: contain->name = parse_container(state, arg); break;
    case KEY_RM: contain->forget = true; break;
    case KEY_TTY: contain->terminal = true; break;
    case KEY_WORKDIR: contain->workdir = parse_folder(state, arg); break;
    case KEY_ENV: parse_variable(contain, arg, state); break;
    case KEY_AS: parse_user(contain, arg, state); break;
    case KEY_PRIVILEGED: contain->privileged = true; break;
    case KEY_TIME_OFFSET:
        contain->own_clocks = true;
        contain->time_offset = parse_offset(state, arg);
        break;
    case KEY_HOSTNAME:
        if (arg[0] == '\0' || strlen(arg) > 64)
            argp_error(state, "--hostname needs a name of 1 to 64 bytes");
        contain->hostname = arg;
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    contain->wanted = true;
    return 0;
}

const struct argp contain_argp = {.options = options, .parser = parse_option};
const struct argp contain_terminal_argp = {.options = terminal_options, .parser = parse_option};

void contain_options_init(struct contain_options *contain)
{
    *contain = (struct contain_options){.hostname = HOSTNAME, .writable = WRITABLE};
}

void contain_options_take(struct contain_options *contain, const struct machine_options *machine,
                          struct argp_state *state)
{
    if (machine->cpus_text != NULL)
        contain->limits.cpus = option_number(state, "--cpus", machine->cpus_text, CPUS_MOST);
    if (machine->memory_text != NULL)
        contain->limits.memory =
            option_bytes(state, "--memory", machine->memory_text, MEMORY_LEAST, MEMORY_MOST);
    contain->explain = machine->explain_text != NULL;
}

int contain_probe(struct err *reason)
{
    struct container_trial trial;

    if (host_machine() != EM_X86_64)
        return err_set(reason, "container runs x86-64 programs, and this host is no such machine");
    return container_try(&trial, reason);
}

/* A bundled program is /bin/NAME, a file of the user's /opt/NAME; the bundled ones are there, too.
 */
static void find_place(struct contain *contain, const char *path)
{
    char shell[PATH_MAX];
    struct err ignored;
    const char *name = basename(path);

    if (locate_bundled_file(shell, "x86_64", "sh", &ignored) == 0) {
        *strrchr(shell, '/') = '\0';
        snprintf(contain->folder, sizeof contain->folder, "%s", shell);
    }
    snprintf(contain->inside, sizeof contain->inside, "%s/%.80s",
             strlen(contain->folder) == (size_t)(name - path) - 1 &&
                     strncmp(contain->folder, path, strlen(contain->folder)) == 0
                 ? "bin"
                 : "opt",
             name);
}

static struct container_config describe(const struct launch *launch,
                                        const struct contain_options *wanted)
{
    struct contain *contain = launch->contain;

    return (struct container_config){
        .program = launch->path,
        .inside = contain->inside,
        .folder = contain->folder[0] == '\0' ? NULL : contain->folder,
        .argv = launch->argv,
        .image = wanted->image == NULL ? NULL : &contain->source,
        .image_name = wanted->image,
        .name = wanted->name,
        .keep = contain_keeps(wanted),
        .shared = wanted->shared,
        .own_clocks = wanted->own_clocks,
        .time_offset = wanted->time_offset,
        .hostname = wanted->hostname,
        .limits = wanted->limits,
        .terminal = wanted->terminal,
        .workdir = wanted->image == NULL ? wanted->workdir : contain->workdir,
        .environment = wanted->image == NULL ? wanted->environment : contain->environment,
        .uid = wanted->uid,
        .gid = wanted->gid,
        .privileged = wanted->privileged,
        .facts = launch->count_rows,
        .observer = wanted->observer != NULL ? wanted->observer
                    : wanted->explain        ? &contain->observer
                                             : NULL,
    };
}

int contain_prepare(struct launch *launch, struct err *err)
{
    struct contain_options standard;
    const struct contain_options *wanted = launch->contain_options;
    struct contain *contain = calloc(1, sizeof *contain);
    struct container_config config;
    int answer = 0;

    if (contain == NULL)
        err_die_oom();
    contain_options_init(&standard);
    if (wanted == NULL)
        wanted = &standard;
    launch->contain = contain;
    contain->observer = ctr_explain(stderr);
    if (wanted->image != NULL)
        answer = contain_image_open(launch, wanted, err);
    else
        find_place(contain, launch->path);
    if (answer == 0) {
        config = describe(launch, wanted);
        contain->container = container_new(&config, err);
    }
    if (contain->container != NULL)
        return 0;
    contain_finish(launch);
    return -1;
}

int contain_start(void *context, struct err *err)
{
    const struct launch *launch = context;

    return container_start(launch->contain->container, err);
}

void contain_settle(struct launch *launch, struct supervise_outcome *outcome)
{
    /* Its control groups were made before there was a process: that belongs to the run. */
    outcome->wall += contain_report(launch)->prepare_ms / 1000;
    container_settle(launch->contain->container);
    if (contain_keeps(launch->contain_options) && outcome->fate != FATE_REFUSED &&
        contain_image_keep(launch->contain, launch->contain_options->name, &outcome->err) < 0)
        outcome->fate = FATE_REFUSED;
}

const struct container_report *contain_report(const struct launch *launch)
{
    return launch->contain->container->report;
}

void contain_finish(struct launch *launch)
{
    if (launch->contain->container != NULL)
        container_free(launch->contain->container);
    overlay_source_close(&launch->contain->source);
    free(launch->contain);
    launch->contain = NULL;
}
