/*
 * mkfilter.c: makes the two seccomp filters of calls.def while Trivium is built, as C: an array of
 * instructions each. libseccomp takes a millisecond for it, which no start of a container shall
 * pay.
 *
 * Two, because libseccomp drops rules about a call's arguments where the same filter allows the
 * call anyhow. The kernel asks both, and the stricter answer counts.
 *
 * It is no part of trivium. Read next: calls.def, harden.c.
 */
#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum verdict { ALLOW, REFUSE, ABSENT };

struct calls {
    enum verdict verdict;
    const char *names;
};

static const struct calls calls[] = {
#define CALLS(verdict, why, names) {verdict, names},
#define ARGUMENT(name, index, mask, value, why)
#include "ctr/calls.def"
#undef CALLS
#undef ARGUMENT
};

struct argument {
    const char *name;
    unsigned index;
    scmp_datum_t mask, value;
};

static const struct argument arguments[] = {
#define CALLS(verdict, why, names)
#define ARGUMENT(name, index, mask, value, why) {#name, index, mask, value},
#include "ctr/calls.def"
#undef CALLS
#undef ARGUMENT
};

static _Noreturn void die(const char *what, const char *name, int error)
{
    fprintf(stderr, "mkfilter: %s %s: %s\n", what, name, strerror(error));
    exit(1);
}

/* The action's number, without the name of the enum: REFUSE is EPERM. */
static uint32_t action_of(enum verdict verdict)
{
    switch (verdict) {
    case ALLOW: return SCMP_ACT_ALLOW;
    case REFUSE: return SCMP_ACT_ERRNO(EPERM);
    case ABSENT: break;
    }
    return SCMP_ACT_ERRNO(ENOSYS);
}

/* A call that this libseccomp or this architecture does not know is left to the default. */
static void add_calls(scmp_filter_ctx filter, const struct calls *row)
{
    char copy[2048], *rest = copy;
    uint32_t action = action_of(row->verdict);

    snprintf(copy, sizeof copy, "%s", row->names);
    for (char *name = strsep(&rest, " "); name != NULL; name = strsep(&rest, " ")) {
        int number = seccomp_syscall_resolve_name(name), answer;

        if (number < 0 || row->verdict == ABSENT)
            continue;
        answer = seccomp_rule_add(filter, action, number, 0);
        if (answer < 0)
            die("cannot add", name, -answer);
    }
}

static void add_argument(scmp_filter_ctx filter, const struct argument *row)
{
    struct scmp_arg_cmp compare = {
        .arg = row->index,
        .op = SCMP_CMP_MASKED_EQ,
        .datum_a = row->mask,
        .datum_b = row->value,
    };
    int number = seccomp_syscall_resolve_name(row->name);
    int answer = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), number, 1, &compare);

    if (answer < 0)
        die("cannot add an argument of", row->name, -answer);
}

static scmp_filter_ctx new_filter(uint32_t action)
{
    scmp_filter_ctx filter = seccomp_init(action);

    if (filter == NULL)
        die("cannot make", "a filter", ENOMEM);
    /* Numbers of another ABI; and a tree instead of a list, as it is gone through at every call. */
    if (seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)) < 0 ||
        seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
        die("cannot configure", "a filter", EINVAL);
    return filter;
}

/* The filter as C. */
static void print_filter(scmp_filter_ctx filter, const char *name)
{
    FILE *file = tmpfile();
    struct sock_filter one;
    int answer;

    if (file == NULL)
        die("cannot make", "a file", errno);
    answer = seccomp_export_bpf(filter, fileno(file));
    if (answer < 0)
        die("cannot export", name, -answer);
    rewind(file);
    printf("static const struct sock_filter %s[] = {\n", name);
    while (fread(&one, sizeof one, 1, file) == 1)
        printf("    {0x%02x, %u, %u, 0x%08x},\n", one.code, one.jt, one.jf, one.k);
    printf("};\n");
    fclose(file);
    seccomp_release(filter);
}

int main(void)
{
    scmp_filter_ctx filter = new_filter(SCMP_ACT_ERRNO(ENOSYS));

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        add_calls(filter, &calls[i]);
    printf("/* Made by mkfilter from calls.def. */\n");
    print_filter(filter, "filter_calls");
    filter = new_filter(SCMP_ACT_ALLOW);
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++)
        add_argument(filter, &arguments[i]);
    print_filter(filter, "filter_arguments");
    return 0;
}
