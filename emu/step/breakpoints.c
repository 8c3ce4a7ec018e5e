/* breakpoints.c: see breakpoints.h. */
#include "emu/step/breakpoints.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emu/isa/disasm.h"

/* What forks, by its number for RISC-V. */
enum { CALL_CLONE = 220, CALL_CLONE3 = 435 };

bool breakpoint_number(const char *text, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 0);
    return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0;
}

/* Room for one more, with that name; NULL: there is none. It does not count yet. */
static struct breakpoint *next_break(struct step *step, const char *name, struct err *err)
{
    struct breakpoint *at = &step->breaks[step->break_count];

    if (step->break_count == STEP_BREAKS) {
        err_set(err, "there are too many breakpoints for '%s'", name);
        return NULL;
    }
    *at = (struct breakpoint){.kind = BREAK_AT};
    snprintf(at->name, sizeof at->name, "%.60s", name);
    return at;
}

/* FUNCTION, FUNCTION+N, or a number. */
static bool find_place(const struct step *step, const char *place, uint64_t *pc)
{
    const char *plus = strchr(place, '+');
    size_t length = plus != NULL ? (size_t)(plus - place) : strlen(place);
    char name[256];
    uint64_t offset = 0;

    if (breakpoint_number(place, pc))
        return true;
    if (length >= sizeof name || (plus != NULL && !breakpoint_number(plus + 1, &offset)))
        return false;
    memcpy(name, place, length);
    name[length] = '\0';
    if (step->symbols == NULL || !elf_symbols_address(step->symbols, name, pc))
        return false;
    *pc += offset;
    return true;
}

static int at_line(struct step *step, const char *file, unsigned line, struct breakpoint *at,
                   struct err *err)
{
    uint64_t gvas[BREAK_PLACES];
    unsigned wanted = line;
    unsigned count = listing_code(step->listing, file, &line, gvas, BREAK_PLACES);

    if (count == 0 && listing_why(step->listing)[0] != '\0')
        return err_set(err, "no source lines: %s", listing_why(step->listing));
    if (count == 0)
        return err_set(err, "no code was made of line %u of a file %s, or behind it", wanted, file);
    at->pc = gvas[0];
    at->more_count = count - 1;
    memcpy(at->more, gvas + 1, (count - 1) * sizeof *gvas);
    snprintf(at->name, sizeof at->name, "%.40s:%u", file, line);
    return 0;
}

int breakpoint_at(struct step *step, const char *place, struct err *err)
{
    struct breakpoint *at = next_break(step, place, err);
    char file[LINE_FILE_MAX];
    unsigned line;

    if (at == NULL)
        return -1;
    if (lines_parse(place, file, &line)) {
        if (at_line(step, file, line, at, err) < 0)
            return -1;
    } else if (!find_place(step, place, &at->pc)) {
        return err_set(err, "there is no function, line or address '%s'", place);
    }
    step->break_count++;
    return 0;
}

int breakpoint_event(struct step *step, const char *name, struct err *err)
{
    char names[400] = "an event is tlb-miss, fork";
    const char *meant = name != NULL && strcmp(name, "tlb-miss") == 0 ? "walk" : name;

    if (name != NULL && strcmp(name, "syscall") == 0)
        return breakpoint_syscall(step, NULL, err);
    if (name != NULL && strcmp(name, "fork") == 0) {
        step->break_calls[CALL_CLONE / 64] |= UINT64_C(1) << CALL_CLONE % 64;
        step->break_calls[CALL_CLONE3 / 64] |= UINT64_C(1) << CALL_CLONE3 % 64;
        return 0;
    }
    for (unsigned kind = 0; meant != NULL && kind < EVENT_KIND_COUNT; kind++) {
        if (strcmp(event_name((enum event_kind)kind), meant) == 0) {
            step->break_events |= 1U << kind;
            return 0;
        }
    }
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        size_t used = strlen(names);

        snprintf(names + used, sizeof names - used, ", %s", event_name((enum event_kind)kind));
    }
    return err_set(err, "%s; not '%s'", names, name != NULL ? name : "");
}

int breakpoint_syscall(struct step *step, const char *name, struct err *err)
{
    uint64_t number;

    if (name == NULL) {
        memset(step->break_calls, 0xff, sizeof step->break_calls);
        return 0;
    }
    if (!breakpoint_number(name, &number)) {
        for (number = 0; number < HISTORY_CALLS; number++) {
            const char *known = user_syscall_name(number);

            if (known != NULL && strcmp(known, name) == 0)
                break;
        }
    }
    if (number >= HISTORY_CALLS)
        return err_set(err, "there is no system call '%s'", name);
    step->break_calls[number / 64] |= UINT64_C(1) << number % 64;
    return 0;
}

/* "a0", "x10", "pc". */
static bool find_register(const char *name, unsigned *reg)
{
    if (strcmp(name, "pc") == 0) {
        *reg = BREAK_PC;
        return true;
    }
    for (*reg = 1; *reg < 32; (*reg)++) {
        if (strcmp(name, isa_register_name('x', *reg, NAMES_ABI)) == 0 ||
            strcmp(name, isa_register_name('x', *reg, NAMES_NUMERIC)) == 0)
            return true;
    }
    return false;
}

/* ADDRESS[:SIZE] */
static int find_memory(struct step *step, const char *what, struct breakpoint *at, struct err *err)
{
    const char *colon = strchr(what, ':');
    char address[32];
    uint64_t gva, size = 8;
    size_t length = colon != NULL ? (size_t)(colon - what) : strlen(what);

    snprintf(address, sizeof address, "%.*s", (int)(length < 31 ? length : 31), what);
    if (length > 30 || !breakpoint_number(address, &gva) ||
        (colon != NULL && !breakpoint_number(colon + 1, &size)))
        return err_set(err, "what is watched is a register, or ADDRESS[:SIZE], not '%s'", what);
    if (size != 1 && size != 2 && size != 4 && size != 8)
        return err_set(err, "1, 2, 4 or 8 bytes of memory are watched, not %" PRIu64, size);
    if (gva % size != 0)
        return err_set(err, "0x%" PRIx64 " is no multiple of %" PRIu64 ", its size", gva, size);
    if (!step->subject->ops->translate(step->subject, gva, &at->address))
        return err_set(err, "there is no memory at 0x%" PRIx64 " now", gva);
    at->kind = BREAK_MEMORY;
    at->size = (unsigned)size;
    return 0;
}

int breakpoint_change(struct step *step, const char *what, const char *value, struct err *err)
{
    struct breakpoint *at = next_break(step, what, err);

    if (at == NULL)
        return -1;
    if (find_register(what, &at->reg))
        at->kind = BREAK_REGISTER;
    else if (find_memory(step, what, at, err) < 0)
        return -1;
    at->hart = step_hart(step)->mhartid;
    at->wants_value = value != NULL;
    if (value != NULL && !breakpoint_number(value, &at->value))
        return err_set(err, "a value is a number, not '%s'", value);
    step->break_count++;
    return 0;
}

void breakpoint_delete(struct step *step, unsigned number)
{
    step->break_count--;
    memmove(&step->breaks[number], &step->breaks[number + 1],
            (step->break_count - number) * sizeof *step->breaks);
}

void breakpoint_delete_all(struct step *step)
{
    step->break_count = 0;
    step->break_events = 0;
    memset(step->break_calls, 0, sizeof step->break_calls);
}

static void print_break(FILE *file, const struct step *step, const struct breakpoint *at)
{
    bool is_machine = machine_is_board(step->subject->machine);

    switch (at->kind) {
    case BREAK_AT:
        fprintf(file, "%s, 0x%" PRIx64, at->name, at->pc);
        for (unsigned i = 0; i < at->more_count; i++)
            fprintf(file, ", 0x%" PRIx64, at->more[i]);
        break;
    case BREAK_REGISTER:
        fprintf(file, "watch %s", at->name);
        if (is_machine)
            fprintf(file, " of hart %" PRIu64, at->hart);
        break;
    case BREAK_MEMORY:
        fprintf(file, "watch %u byte%s at %s0x%" PRIx64, at->size, at->size == 1 ? "" : "s",
                is_machine ? "gpa " : "", at->address);
        break;
    }
    if (at->wants_value)
        fprintf(file, ", for 0x%" PRIx64, at->value);
    fputc('\n', file);
}

static void print_calls(FILE *file, const struct step *step)
{
    unsigned count = 0, number = 0;

    for (unsigned i = 0; i < HISTORY_CALLS; i++) {
        if ((step->break_calls[i / 64] >> i % 64 & 1) == 0)
            continue;
        count++;
        number = i;
    }
    if (count == HISTORY_CALLS)
        fputs("  any system call\n", file);
    for (unsigned i = 0; count < HISTORY_CALLS && i <= number && count > 0; i++) {
        const char *name = user_syscall_name(i);

        if ((step->break_calls[i / 64] >> i % 64 & 1) != 0)
            fprintf(file, "  system call %u%s%s\n", i, name != NULL ? ", " : "",
                    name != NULL ? name : "");
    }
    if (count == 0 && step->break_count == 0 && step->break_events == 0)
        fputs("  there is none\n", file);
}

void breakpoints_print(FILE *file, const struct step *step)
{
    for (unsigned i = 0; i < step->break_count; i++) {
        fprintf(file, "  %u: ", i + 1);
        print_break(file, step, &step->breaks[i]);
    }
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        if ((step->break_events >> kind & 1) != 0)
            fprintf(file, "  event %s\n", event_name((enum event_kind)kind));
    }
    print_calls(file, step);
}
