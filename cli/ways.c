/* ways.c: the table of ways and how each becomes the program; see ways.h. */
#include "cli/ways.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/contain.h"
#include "cli/machine.h"
#include "cli/suggest.h"
#include "emu/dbt/dbt.h"
#include "emu/lockstep/lockstep.h"
#include "emu/threaded/threaded.h"
#include "emu/user/space.h"
#include "lib/host.h"

static int probe_native(struct err *reason)
{
    if (host_machine() == EM_X86_64)
        return 0;
    return err_set(reason, "native runs x86-64 programs, and this host is not an x86-64 machine");
}

static int start_native(void *context, struct err *err)
{
    const struct launch *launch = context;

    execve(launch->path, launch->argv, launch->envp);
    return err_sys(err, errno, "cannot execute %s", launch->path);
}

static int probe_user(struct err *reason)
{
    return host_can_reserve(SPACE_SPAN, reason);
}

static int probe_dbt(struct err *reason)
{
    return dbt_probe(reason) < 0 ? -1 : probe_user(reason);
}

static int probe_always(struct err *reason)
{
    (void)reason;
    return 0;
}

const struct engine *ways_engine(const struct way *way, const struct engine_options *options)
{
    return options->checked != NULL ? &engine_lockstep : way->engine;
}

/* --user: the emulator runs in this very process and ends it as the program ended. */
static int start_user(void *context, struct err *err)
{
    const struct launch *launch = context;
    const struct user_config config = {
        .engine = ways_engine(launch->way, &launch->engine_options),
        .engine_options = launch->engine_options,
        .path = launch->path,
        .argv = launch->argv,
        .envp = launch->envp,
        .totals = launch->totals,
        .count_rows = launch->count_rows,
    };
    struct user_end end;

    if (user_run(&config, &end, err) < 0)
        return -1;
    user_finish(&end);
}

/* In the order of the ladder: from the processor itself to what is farthest from it. */
const struct way ways[] = {
    {
        .name = "native",
        .summary = "the x86-64 program on the processor and the kernel of this host",
        .kernel = "(host)",
        .arch = "x86_64",
        .machine_type = EM_X86_64,
        .probe = probe_native,
        .start = start_native,
    },
    {
        .name = "container",
        .summary = "the same on the same kernel, but among names and limits of its own",
        .kernel = "(host)",
        .arch = "x86_64",
        .machine_type = EM_X86_64,
        .optional = true,
        .probe = contain_probe,
        .start = contain_start,
        .prepare = contain_prepare,
        .settle = contain_settle,
        .finish = contain_finish,
    },
    {
        .name = "kvm",
        .summary = "the same x86-64 program on the bundled kernel, in a virtual machine of KVM's",
        .arch = "x86_64",
        .machine_type = EM_X86_64,
        .optional = true,
        .machine = "a virtual machine",
        .remark = virtual_remark,
        .probe = virtual_probe,
        .machine_start = virtual_start,
    },
    {
        .name = "dbt",
        .summary = "the rv64 program, translated to x86-64 code a block at a time",
        .kernel = "(host), system calls passed through",
        .arch = "rv64",
        .machine_type = EM_RISCV,
        .emulated = true,
        .user_name = "dbt --user",
        .engine = &engine_dbt,
        .machine = "an emulated machine",
        .probe = probe_dbt,
        .start = start_user,
        .machine_start = machine_start,
    },
    {
        .name = "threaded",
        .summary = "the rv64 program, each instruction decoded once, then executed by its function",
        .kernel = "(host), system calls passed through",
        .arch = "rv64",
        .machine_type = EM_RISCV,
        .emulated = true,
        .user_name = "threaded --user",
        .engine = &engine_threaded,
        .machine = "an emulated machine",
        .probe = probe_user,
        .start = start_user,
        .machine_start = machine_start,
    },
    {
        .name = "interp",
        .summary = "the rv64 program, each instruction fetched, decoded, executed every time",
        .kernel = "(host), system calls passed through",
        .arch = "rv64",
        .machine_type = EM_RISCV,
        .emulated = true,
        .user_name = "interp --user",
        .engine = &engine_interp,
        .machine = "an emulated machine",
        .probe = probe_user,
        .start = start_user,
        .machine_start = machine_start,
    },
    {
        .name = "interp-no-tlb",
        .summary = "the same machine with a walk through the page tables on every access",
        .arch = "rv64",
        .machine_type = EM_RISCV,
        .emulated = true,
        .special = true,
        .engine = &engine_interp,
        .no_tlb = true,
        .machine = "an emulated machine without a TLB",
        .probe = probe_always,
        .machine_start = machine_start,
    },
};

const size_t ways_count = sizeof ways / sizeof *ways;

const struct way *ways_find(const char *name, struct err *err)
{
    const char *names[sizeof ways / sizeof *ways];
    const char *near;
    char list[128] = "";

    for (size_t i = 0; i < ways_count; i++) {
        if (strcmp(ways[i].name, name) == 0)
            return &ways[i];
        names[i] = ways[i].name;
        strncat(list, i == 0 ? "" : ", ", sizeof list - strlen(list) - 1);
        strncat(list, ways[i].name, sizeof list - strlen(list) - 1);
    }
    err_set(err, "there is no way of running called '%s'; this version has: %s", name, list);
    near = suggest_nearest(name, names, ways_count);
    if (near != NULL)
        err_hint(err, "--on %s", near);
    return NULL;
}

const struct way *ways_for_machine(unsigned machine)
{
    for (size_t i = 0; i < ways_count; i++) {
        if (ways[i].machine_type == machine && ways[i].start != NULL)
            return &ways[i];
    }
    return NULL;
}
