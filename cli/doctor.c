/*
 * doctor.c: `trivium doctor`: shows what the doctor found; see doctor.h.
 *
 * Read next: doctor_judge.c (the judgements), lib/host.h (the facts), doctor_tools.c.
 */
#include "cli/doctor.h"

#include <argp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/status.h"
#include "cli/text.h"

static const char *const level_names[] = {"ok", "note", "problem"};

struct doctor *doctor_new(void)
{
    struct doctor *doctor = calloc(1, sizeof *doctor);

    if (doctor == NULL)
        err_die_oom();
    host_probe(&doctor->host, ""); /* first: asking the tools keeps the processors busy */
    doctor->kvm = probe_kvm(&kvm_ops_host);
    doctor->contains = container_try(&doctor->container, &doctor->container_err) == 0;
    doctor_find_tools(doctor);
    doctor_judge(doctor);
    return doctor;
}

void doctor_free(struct doctor *doctor)
{
    free(doctor);
}

static enum text_style style_of(enum doctor_level level)
{
    switch (level) {
    case DOCTOR_OK: return STYLE_GOOD;
    case DOCTOR_NOTE: return STYLE_WARN;
    case DOCTOR_PROBLEM: break;
    }
    return STYLE_BAD;
}

static size_t count_level(const struct doctor *doctor, enum doctor_level level)
{
    size_t count = 0;

    for (size_t i = 0; i < doctor->finding_count; i++)
        count += doctor->findings[i].level == level;
    return count;
}

void doctor_print(FILE *file, const struct doctor *doctor, bool colour)
{
    const char *before = "";
    size_t problems = count_level(doctor, DOCTOR_PROBLEM);

    for (size_t i = 0; i < doctor->finding_count; i++) {
        const struct doctor_finding *finding = &doctor->findings[i];

        fprintf(file, "%-9s %s%-7s%s ", strcmp(before, finding->name) == 0 ? "" : finding->name,
                text_on(colour, style_of(finding->level)), level_names[finding->level],
                text_off(colour));
        text_wrap(file, finding->text, 18, 18);
        if (finding->fix[0] != '\0') {
            fprintf(file, "%18stry: ", "");
            text_wrap(file, finding->fix, 23, 23);
        }
        before = finding->name;
    }
    if (problems == 0)
        fprintf(file, "\nAll that this version of Trivium needs is here.\n");
    else
        fprintf(file, "\n%zu problem%s: see the lines that say so.\n", problems,
                problems == 1 ? "" : "s");
}

/* A number, or null for 0: a limit that is not there, a fact that is not known. */
static json_t *integer_or_null(uint64_t value)
{
    return value == 0 ? json_null() : json_integer((json_int_t)value);
}

static json_t *speed_json(const struct host_speed *speed)
{
    if (!speed->measured)
        return json_null();
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "add_ns", speed->add, "load_ns",
                     speed->load, "indirect_jump_ns", speed->indirect_jump, "float_add_ns",
                     speed->float_add, "divide_32_ns", speed->divide_32, "divide_64_small_ns",
                     speed->divide_64_small, "divide_64_large_ns", speed->divide_64_large);
}

static json_t *kvm_json(const struct probe *kvm)
{
    if (kvm->class == PROBE_NONE)
        return json_pack("{s:s, s:o, s:o}", "class", probe_class_name(kvm->class), "reason",
                         json_text(kvm->err.text), "fix",
                         json_text(kvm->err.hint[0] == '\0' ? NULL : kvm->err.hint));
    return json_pack("{s:s, s:f, s:f, s:f, s:f, s:b, s:b}", "class", probe_class_name(kvm->class),
                     "ring0_ns", kvm->ring0, "ring3_ns", kvm->ring3, "native_ns", kvm->native,
                     "exit_ns", kvm->exit, "syscall_enters_ring0", (int)kvm->syscall_enters,
                     "int_reaches_its_gate", (int)kvm->int_enters);
}

/* As with kvm: what it did here, or why it did not. */
static json_t *container_json(const struct doctor *doctor)
{
    const struct container_trial *trial = &doctor->container;
    json_t *limits = json_object();

    if (!doctor->contains) {
        json_decref(limits);
        return json_pack(
            "{s:b, s:o, s:o}", "possible", 0, "reason", json_text(doctor->container_err.text),
            "fix",
            json_text(doctor->container_err.hint[0] == '\0' ? NULL : doctor->container_err.hint));
    }
    for (unsigned i = 0; i < CONTROL_COUNT; i++)
        json_object_set_new(limits, control_names[i],
                            trial->version[i] == 0 ? json_null() : json_integer(trial->version[i]));
    return json_pack("{s:b, s:f, s:b, s:o}", "possible", 1, "ms", trial->ms, "ids_of_nobody",
                     (int)trial->range, "cgroup_versions", limits);
}

static json_t *findings_json(const struct doctor *doctor)
{
    json_t *array = json_array();

    for (size_t i = 0; i < doctor->finding_count; i++) {
        const struct doctor_finding *finding = &doctor->findings[i];

        json_array_append_new(
            array, json_pack("{s:s, s:s, s:o, s:o}", "name", finding->name, "level",
                             level_names[finding->level], "text", json_text(finding->text), "fix",
                             json_text(finding->fix[0] == '\0' ? NULL : finding->fix)));
    }
    return array;
}

static json_t *tools_json(const struct doctor *doctor)
{
    json_t *array = json_array();

    for (size_t i = 0; i < doctor->tool_count; i++) {
        const struct doctor_tool *tool = &doctor->tools[i];
        bool found = tool->path[0] != '\0';

        json_array_append_new(array,
                              json_pack("{s:s, s:o, s:o, s:s, s:s}", "name", tool->name, "path",
                                        json_text(found ? tool->path : NULL), "version",
                                        json_text(found ? tool->version : NULL), "needed_for",
                                        tool->needed_for, "package", tool->package));
    }
    return array;
}

static json_t *cpu_json(const struct host *host)
{
    return json_pack("{s:o, s:i, s:i, s:o}", "model", json_text(host->cpu_model), "online",
                     (int)host->cpus_online, "affinity", (int)host->cpus_affinity, "quota",
                     host->limits.cpus > 0 ? json_real(host->limits.cpus) : json_null());
}

json_t *doctor_json(const struct doctor *doctor)
{
    const struct host *host = &doctor->host;
    json_t *object = json_object();

    json_object_set_new(object, "schema", json_string("trivium-host/1"));
    json_object_set_new(object, "version", json_string(TRIVIUM_VERSION));
    json_object_set_new(object, "cpu", cpu_json(host));
    json_object_set_new(object, "memory",
                        json_pack("{s:o, s:o}", "bytes", integer_or_null(host->memory), "limit",
                                  integer_or_null(host->limits.memory)));
    json_object_set_new(object, "system",
                        json_pack("{s:o, s:s, s:s, s:s}", "os", json_text(host->os), "kernel",
                                  host->kernel_name, "release", host->kernel_release, "machine",
                                  host->machine));
    json_object_set_new(object, "virtual",
                        json_pack("{s:b, s:o, s:o, s:o, s:b}", "hypervisor", (int)host->hypervisor,
                                  "vendor", json_text(host->hypervisor_vendor), "product",
                                  json_text(host->product), "container",
                                  json_text(host->container[0] == '\0' ? NULL : host->container),
                                  "wsl", (int)host->wsl));
    json_object_set_new(object, "clock",
                        json_pack("{s:o, s:f}", "source", json_text(host->clock_source), "read_ns",
                                  host->clock_read));
    json_object_set_new(object, "limits",
                        json_pack("{s:o, s:i, s:i}", "address_space",
                                  integer_or_null(host->address_space), "overcommit",
                                  host->overcommit, "randomize_va_space", host->randomize));
    json_object_set_new(object, "speed", speed_json(&host->speed));
    json_object_set_new(object, "kvm", kvm_json(&doctor->kvm));
    json_object_set_new(object, "container", container_json(doctor));
    json_object_set_new(object, "tools", tools_json(doctor));
    json_object_set_new(object, "findings", findings_json(doctor));
    return object;
}

/* How it is told: as the last option of these says. */
enum doctor_form { FORM_TEXT, FORM_JSON, FORM_CLASS };

enum { KEY_CLASS = 256 };

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    enum doctor_form *form = state->input;

    switch (key) {
    case 'j': *form = FORM_JSON; return 0;
    case KEY_CLASS: *form = FORM_CLASS; return 0;
    case ARGP_KEY_ARG: argp_error(state, "unexpected argument '%s'", arg); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"json", 'j', NULL, 0, "Print the facts and findings as JSON", 0},
    {"class", KEY_CLASS, NULL, 0,
     "Print a block to paste into a course's form: each way, whether it runs here, and what to do. "
     "Without measured numbers, and without your or this computer's name",
     0},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .doc = "Says what this host is, what it can run, and what disturbs measurements on it. Each "
           "finding is ok, a note (good to know: it explains numbers) or a problem, with what to "
           "do about it.\vThe exit status is 0, or 1 when there is a problem.",
};

static void print_class(const struct doctor *doctor)
{
    const struct passwd *user = getpwuid(getuid());
    struct utsname host;
    const struct doctor_names names = {.user = user != NULL ? user->pw_name : NULL,
                                       .host = uname(&host) == 0 ? host.nodename : NULL};

    doctor_print_class(stdout, doctor, &names);
}

int command_doctor(int argc, char **argv, struct err *err)
{
    struct doctor *doctor;
    enum doctor_form form = FORM_TEXT;
    struct output_file out = {.file = stdout};
    int status;

    argp_parse(&parser, argc, argv, 0, NULL, &form);
    signal(SIGPIPE, SIG_IGN); /* see output.h: it is told as an error */
    doctor = doctor_new();
    status = count_level(doctor, DOCTOR_PROBLEM) > 0 ? 1 : EXIT_SUCCESS;
    switch (form) {
    case FORM_TEXT: doctor_print(stdout, doctor, text_wants_colour(stdout)); break;
    case FORM_CLASS: print_class(doctor); break;
    case FORM_JSON:
        if (json_write(doctor_json(doctor), &out, err) < 0)
            status = STATUS_FAILED;
        break;
    }
    doctor_free(doctor);
    return status;
}
