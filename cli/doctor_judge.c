/*
 * doctor_judge.c: from facts to findings; see doctor.h.
 *
 * The thresholds for an emulator beneath us were found by running the loops of lib/host_x86_64.c on
 * processors and under emulators, as multiples of the time that an addition takes:
 *
 *                                                   indirect jump   addsd
 *     processors (Xeon of 2023, bare and under KVM)      2.2         2.0
 *     qemu-x86_64 7.2                                    13          15
 *
 * A floating-point addition takes 2 to 5 cycles on every x86-64 processor so far, an indirect jump
 * that is predicted 1 to 2; so 8 is far from either side. Both must agree.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doctor.h"
#include "cli/text.h"
#include "cli/ways.h"

#define EMULATED_RATIO 8.0

/* A 64-bit division of a small number that takes so much longer than a 32-bit one is done in steps.
 */
#define SLOW_DIVIDER_RATIO 1.6

/* Reading the clock through the kernel, rather than in a page that it shares, takes this long. */
#define SLOW_CLOCK_NS 150.0

/* What make check needs at least, with room for the host. */
#define SMALL_MEMORY (UINT64_C(1) << 30)

static struct doctor_finding *add(struct doctor *doctor, const char *name, enum doctor_level level,
                                  const char *format, ...) __attribute__((format(printf, 4, 5)));
static void fix(struct doctor_finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static struct doctor_finding *add(struct doctor *doctor, const char *name, enum doctor_level level,
                                  const char *format, ...)
{
    struct doctor_finding *finding = &doctor->findings[doctor->finding_count];
    va_list args;

    if (doctor->finding_count < DOCTOR_FINDINGS_MAX - 1)
        doctor->finding_count++;
    *finding = (struct doctor_finding){.name = name, .level = level};
    va_start(args, format);
    vsnprintf(finding->text, sizeof finding->text, format, args);
    va_end(args);
    return finding;
}

static void fix(struct doctor_finding *finding, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(finding->fix, sizeof finding->fix, format, args);
    va_end(args);
}

static const char *or_unknown(const char *text)
{
    return text[0] == '\0' ? "unknown" : text;
}

static void judge_system(struct doctor *doctor)
{
    const struct host *host = &doctor->host;

    add(doctor, "system", DOCTOR_OK, "%s, %s %s on %s", or_unknown(host->os), host->kernel_name,
        host->kernel_release, host->machine);
    if (host->wsl)
        add(doctor, "system", DOCTOR_NOTE,
            "this is Windows Subsystem for Linux: a virtual machine of Windows. \"Native\" here "
            "means native in that machine");
    if (host->container[0] != '\0')
        add(doctor, "system", DOCTOR_NOTE,
            "we run in a container (%s); on a Mac or Windows host that is inside a virtual machine",
            host->container);
}

static void judge_cpus(struct doctor *doctor)
{
    const struct host *host = &doctor->host;
    unsigned usable = host->cpus_affinity;

    add(doctor, "cpu", DOCTOR_OK, "%s, %u online", or_unknown(host->cpu_model), host->cpus_online);
    if (host->cpus_affinity < host->cpus_online)
        add(doctor, "cpu", DOCTOR_NOTE, "this process may use %u of the %u CPUs (affinity mask)",
            host->cpus_affinity, host->cpus_online);
    if (host->limits.cpus > 0 && host->limits.cpus < usable)
        fix(add(doctor, "cpu", DOCTOR_NOTE,
                "the control group allows %.2f CPUs of time although %u are visible: programs "
                "that use more are stopped for part of each period, and timings jump",
                host->limits.cpus, usable),
            "measure with fewer processes than that, or raise the quota (cpu.max, cpu.cfs_quota_us)");
}

static void judge_memory(struct doctor *doctor)
{
    const struct host *host = &doctor->host;
    char all[TEXT_SIZE], allowed[TEXT_SIZE];
    uint64_t usable = host->memory;

    if (host->limits.memory > 0 && host->limits.memory < host->memory) {
        usable = host->limits.memory;
        add(doctor, "memory", DOCTOR_NOTE,
            "the control group allows %s of %s: whoever takes more is killed",
            text_bytes(allowed, usable), text_bytes(all, host->memory));
    } else {
        add(doctor, "memory", DOCTOR_OK, "%s", text_bytes(all, host->memory));
    }
    if (usable < SMALL_MEMORY)
        fix(add(doctor, "memory", DOCTOR_NOTE, "%s is little", text_bytes(allowed, usable)),
            "fork benchmarks with smaller ranges, such as fork 1 200");
}

static void judge_virtualization(struct doctor *doctor)
{
    const struct host *host = &doctor->host;

    if (strncmp(host->hypervisor_vendor, "TCG", 3) == 0)
        add(doctor, "virtual", DOCTOR_NOTE,
            "this processor is QEMU's emulation (it calls itself %s): every ratio measured here is "
            "one of two emulators, stacked",
            host->hypervisor_vendor);
    else if (host->hypervisor)
        add(doctor, "virtual", DOCTOR_NOTE,
            "we run in a virtual machine (hypervisor %s%s%s): \"native\" means native in there",
            or_unknown(host->hypervisor_vendor), host->product[0] == '\0' ? "" : ", ",
            host->product);
    else
        add(doctor, "virtual", DOCTOR_OK, "no hypervisor announces itself%s%s",
            host->product[0] == '\0' ? "" : "; the machine is a ", host->product);
}

static void judge_speed(struct doctor *doctor)
{
    const struct host_speed *speed = &doctor->host.speed;
    double jump, sum;

    if (!speed->measured) {
        add(doctor, "speed", DOCTOR_NOTE, "not measured: no timed loops for %s",
            doctor->host.machine);
        return;
    }
    jump = speed->indirect_jump / speed->add;
    sum = speed->float_add / speed->add;
    add(doctor, "speed", DOCTOR_OK,
        "an addition takes %.2f ns; in additions: load x%.1f, indirect jump x%.1f, float addition "
        "x%.1f, division x%.0f (32 bits), x%.0f (64 bits), x%.0f (64 bits, large number)",
        speed->add, speed->load / speed->add, jump, sum, speed->divide_32 / speed->add,
        speed->divide_64_small / speed->add, speed->divide_64_large / speed->add);
    if (jump > EMULATED_RATIO && sum > EMULATED_RATIO)
        add(doctor, "speed", DOCTOR_NOTE,
            "an emulator is beneath us: it translates additions well, but not jumps and floating "
            "point. Ratios measured here are those of two emulators, stacked");
    else
        add(doctor, "speed", DOCTOR_OK, "no emulator beneath us: a real processor's profile");
    if (speed->divide_64_small / speed->divide_32 > SLOW_DIVIDER_RATIO)
        add(doctor, "speed", DOCTOR_NOTE,
            "slow 64-bit divider: x%.1f the time of a 32-bit division. prime spends its time "
            "there, so emulation looks better on this processor than on others; compare "
            "prime --width 32",
            speed->divide_64_small / speed->divide_32);
}

static void judge_clock(struct doctor *doctor)
{
    const struct host *host = &doctor->host;

    if (host->clock_read > SLOW_CLOCK_NS)
        add(doctor, "clock", DOCTOR_NOTE,
            "reading the clock (%s) takes %.0f ns: each reading goes through the kernel or an "
            "emulator, which short measurements feel",
            or_unknown(host->clock_source), host->clock_read);
    else
        add(doctor, "clock", DOCTOR_OK, "%s, read in %.0f ns", or_unknown(host->clock_source),
            host->clock_read);
}

/* What KVM is here, by what it did. */
static void judge_kvm(struct doctor *doctor)
{
    const struct probe *kvm = &doctor->kvm;

    switch (kvm->class) {
    case PROBE_NONE:
        fix(add(doctor, "kvm", DOCTOR_NOTE, "no virtual machines: %.256s", kvm->err.text), "%.256s",
            kvm->err.hint);
        return;
    case PROBE_EMULATED_RING:
        add(doctor, "kvm", DOCTOR_NOTE,
            "KVM emulates ring 0 here: a guest's program is as quick as natively (%.2f ns an "
            "instruction, %.2f natively), a guest's kernel is not (%.0f ns)",
            kvm->ring3, kvm->native, kvm->ring0);
        break;
    case PROBE_HARDWARE:
        add(doctor, "kvm", DOCTOR_OK,
            "the processor runs guests itself: %.2f ns an instruction in ring 3, %.2f natively",
            kvm->ring3, kvm->native);
        break;
    }
    add(doctor, "kvm", DOCTOR_OK, "an exit to Trivium and the way back take %.1f us",
        kvm->exit / 1000);
    if (!kvm->syscall_enters || !kvm->int_enters)
        add(doctor, "kvm", DOCTOR_NOTE, "%s%s%s: kernels must know, and ours does",
            kvm->syscall_enters ? "" : "syscall stays in ring 3",
            kvm->syscall_enters || kvm->int_enters ? "" : ", and ",
            kvm->int_enters ? "" : "int does not reach its gate");
}

void doctor_limits(const struct doctor *doctor, char text[DOCTOR_TEXT])
{
    size_t used = 0;

    text[0] = '\0';
    for (unsigned i = 0; doctor->contains && i < CONTROL_COUNT; i++) {
        int version = doctor->container.version[i];

        if (version != 0)
            used += (size_t)snprintf(text + used, DOCTOR_TEXT - used, "%s%s (v%d)",
                                     used == 0 ? "" : ", ", control_names[i], version);
    }
}

/* What a container is here, by having made one. */
static void judge_container(struct doctor *doctor)
{
    const struct container_trial *trial = &doctor->container;
    char limits[DOCTOR_TEXT];

    if (!doctor->contains)
        return; /* the finding about the way says why */
    add(doctor, "container", DOCTOR_OK, "made and left again in %.1f ms; its root is %s", trial->ms,
        trial->range ? "nobody on this host"
                     : "you, as the kernel maps no other id without rights");
    doctor_limits(doctor, limits);
    if (limits[0] != '\0')
        add(doctor, "container", DOCTOR_OK, "control groups can limit %.500s", limits);
    if (trial->limits.text[0] != '\0')
        fix(add(doctor, "container", DOCTOR_NOTE, "%.500s", trial->limits.text), "%.500s",
            trial->limits.hint);
}

/* One finding for each way: can this host run it? */
static void judge_ways(struct doctor *doctor)
{
    for (size_t i = 0; i < ways_count; i++) {
        struct err reason = {0};

        if (ways[i].probe(&reason) == 0)
            add(doctor, "way", DOCTOR_OK, "%s: %s", ways[i].name, ways[i].summary);
        else
            fix(add(doctor, "way", ways[i].optional ? DOCTOR_NOTE : DOCTOR_PROBLEM, "%s: %.500s",
                    ways[i].name, reason.text),
                "%.500s", reason.hint);
    }
}

static void judge_limits(struct doctor *doctor)
{
    const struct host *host = &doctor->host;
    char bytes[TEXT_SIZE];

    if (host->address_space > 0)
        fix(add(doctor, "limits", DOCTOR_NOTE, "ulimit -v allows %s of addresses",
                text_bytes(bytes, host->address_space)),
            "ulimit -v unlimited");
    if (host->overcommit == 2)
        add(doctor, "limits", DOCTOR_NOTE,
            "vm.overcommit_memory is 2: memory is promised only where it exists, and fork fails "
            "earlier than elsewhere");
    if (host->randomize == 0)
        add(doctor, "limits", DOCTOR_NOTE,
            "addresses are not randomised (kernel.randomize_va_space is 0)");
}

static void judge_tools(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->tool_count; i++) {
        const struct doctor_tool *tool = &doctor->tools[i];

        if (tool->path[0] != '\0')
            add(doctor, "tool", DOCTOR_OK, "%s",
                tool->version[0] == '\0' ? tool->path : tool->version);
        else
            fix(add(doctor, "tool", tool->required ? DOCTOR_PROBLEM : DOCTOR_NOTE,
                    "%s is not installed (%s)", tool->name, tool->needed_for),
                "apt-get install %s", tool->package);
    }
}

static void judge_terminal(struct doctor *doctor)
{
    const char *terminal = getenv("TERM");
    const char *no_colour = getenv("NO_COLOR");

    add(doctor, "terminal", DOCTOR_OK, "TERM=%.40s, colours %s",
        terminal == NULL ? "(not set)" : terminal,
        no_colour != NULL && no_colour[0] != '\0' ? "off (NO_COLOR)"
        : text_wants_colour(stdout)               ? "on"
                                                  : "off (not a terminal that has them)");
}

void doctor_judge(struct doctor *doctor)
{
    doctor->finding_count = 0;
    judge_system(doctor);
    judge_cpus(doctor);
    judge_memory(doctor);
    judge_virtualization(doctor);
    judge_speed(doctor);
    judge_clock(doctor);
    judge_limits(doctor);
    judge_kvm(doctor);
    judge_container(doctor);
    judge_ways(doctor);
    judge_tools(doctor);
    judge_terminal(doctor);
}
