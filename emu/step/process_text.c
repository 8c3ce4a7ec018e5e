/* process_text.c: processes and their system calls in words; see processes.h. */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "emu/step/processes.h"
#include "emu/user/syscall.h"

/* Numbers beyond are flags or addresses, and hexadecimal; results are sizes more often. */
enum { SMALL = 9999, SMALL_RESULT = 99999, HERE = -100 /* AT_FDCWD: the current folder */ };

/* More of a text; what does not fit is cut off. */
__attribute__((format(printf, 3, 4))) static void add(char *text, size_t size, const char *format,
                                                      ...)
{
    size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

static void add_text(char *text, size_t size, const struct process_record *record)
{
    add(text, size, "\"");
    for (unsigned i = 0; i < record->call.text_bytes; i++) {
        char byte = record->call.text[i];

        if (byte == '\n')
            add(text, size, "\\n");
        else
            add(text, size, "%c", byte >= ' ' && byte <= '~' ? byte : '.');
    }
    add(text, size, record->call.text_bytes == CALL_TEXT ? "...\"" : "\"");
}

static void add_number(char *text, size_t size, uint64_t number)
{
    int64_t value = (int64_t)number;

    if (value >= -SMALL && value <= SMALL)
        add(text, size, "%" PRId64, value);
    else
        add(text, size, "0x%" PRIx64, number);
}

const char *call_kinds(uint64_t number)
{
    const char *kinds = syscall_row(number)->kinds;

    return kinds != NULL ? kinds : "";
}

static void add_call(char *text, size_t size, const struct process_record *record)
{
    const char *kinds = call_kinds(record->call.number);
    const char *name = user_syscall_name(record->call.number);
    bool told = false;

    if (name == NULL) {
        add(text, size, "system call %" PRIu64, record->call.number);
        return;
    }
    add(text, size, "%s(", name);
    for (unsigned i = 0; i < CALL_ARGUMENTS && kinds[i] != '\0'; i++) {
        bool is_text =
            !told && (kinds[i] == 's' || (kinds[i] == 'b' && record->call.number == GUEST_write));

        add(text, size, i > 0 ? ", " : "");
        told |= is_text;
        if (is_text)
            add_text(text, size, record);
        else if (i == 0 && kinds[1] == 's' && (int32_t)record->call.arguments[0] == HERE)
            add(text, size, "AT_FDCWD");
        else if (kinds[i] == 'i')
            add_number(text, size, record->call.arguments[i]);
        else
            add(text, size, record->call.arguments[i] != 0 ? "0x%" PRIx64 : "0",
                record->call.arguments[i]);
    }
    add(text, size, ")");
}

void call_text(const struct processes *processes, int64_t record, char *text, size_t size)
{
    int64_t result = processes->log[record].call.result, value;

    text[0] = '\0';
    add_call(text, size, &processes->log[record]);
    if (result == 0 || result >= processes->now.records)
        return; /* it has not come where we are */
    value = (int64_t)processes->log[result].result.value;
    if (value < 0 && value > -4096) {
        const char *name = strerrorname_np((int)-value);

        add(text, size, " = %" PRId64 "%s%s", value, name != NULL ? " " : "",
            name != NULL ? name : "");
    } else {
        add(text, size, value >= 0 && value <= SMALL_RESULT ? " = %" PRId64 : " = 0x%" PRIx64,
            value);
    }
}

static void add_end(char *text, size_t size, const struct process_life *life)
{
    int32_t status = life->seen.status;

    if (!life->has_status)
        add(text, size, "ended");
    else if ((status & 0x7f) != 0)
        add(text, size, "ended by signal %d", (int)(status & 0x7f));
    else
        add(text, size, "ended with %d", (int)(status >> 8 & 0xff));
}

void life_text(const struct processes *processes, const struct process_life *life, int hart,
               char *text, size_t size)
{
    static const char *const states[PROCESS_STATES + 1] = {
        [PROCESS_RUNNABLE] = "ready",  [PROCESS_RUNNING] = "runs",    [PROCESS_SLEEPING] = "asleep",
        [PROCESS_STOPPED] = "stopped", [PROCESS_ZOMBIE] = "a zombie", [PROCESS_DEAD] = "dead",
        [PROCESS_STATES] = "seen"};
    const char *call = NULL;

    text[0] = '\0';
    if (life->ended != 0) {
        add_end(text, size, life);
        add(text, size, life->gone ? "" : ", zombie");
        return;
    }
    if (life->pending >= 0)
        call = user_syscall_name(processes->log[life->pending].call.number);
    if (life->seen.state == PROCESS_RUNNING && hart >= 0)
        add(text, size, "on hart %d", hart);
    else
        add(text, size, "%s", states[life->seen.state]);
    if (call != NULL)
        add(text, size, " in %s", call);
}
