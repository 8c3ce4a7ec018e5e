/* commands.c: what can be typed to a recorded view, and stand in its scripts; see record.h. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "record/record.h"

enum { LIST_LINES = 20 };

/* "   12    1.20 ms  port I/O, ..." */
static void print_moment(FILE *out, const struct record *record, size_t moment)
{
    char line[RECORD_LINE], time[RECORD_TIME];

    record->ops->line(record, moment, line, sizeof line);
    fprintf(out, "  %8" PRIu64 "  %9s  %s\n", record_number(record, moment),
            record_time(time, record->ops->time(record, moment)), line);
}

void record_print_where(FILE *out, const struct record_view *view)
{
    char text[SCENE_TEXT];

    print_moment(out, view->record, view->at);
    view->record->ops->sentence(view->record, view->at, text, sizeof text);
    fprintf(out, "  %s\n", text);
}

/* What a command does with the rest of its line. */
typedef enum scene_result perform(struct record_view *view, const char *rest, FILE *out,
                                  struct err *err);

static enum scene_result done(const struct record_view *view, FILE *out)
{
    if (view->scene.message[0] != '\0')
        fprintf(out, "  %s\n", view->scene.message);
    else
        record_print_where(out, view);
    return SCENE_DONE;
}

/* A number that stands alone; `otherwise` if there is none. */
static bool read_number(const char *rest, uint64_t otherwise, uint64_t *number, struct err *err)
{
    char behind;

    *number = otherwise;
    if (rest[0] == '\0')
        return true;
    if (rest[0] >= '0' && rest[0] <= '9' && sscanf(rest, "%" SCNu64 "%c", number, &behind) == 1)
        return true;
    err_set(err, "a number is wanted, not '%.40s'", rest);
    return false;
}

static enum scene_result do_goto(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    const struct record *record = view->record;
    uint64_t number;
    size_t moment;

    if (rest[0] == '\0') {
        err_set(err, "goto needs a number");
        return SCENE_WRONG;
    }
    if (!read_number(rest, 0, &number, err))
        return SCENE_WRONG;
    moment = record->ops->find != NULL ? record->ops->find(record, number)
             : number > 0              ? (size_t)(number - 1)
                                       : record->count;
    if (moment >= record->count) {
        err_set(err, "there is no %s %" PRIu64 " in this record", record->ops->unit, number);
        return SCENE_WRONG;
    }
    record_go(view, moment);
    return done(view, out);
}

static enum scene_result do_step(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    uint64_t number;

    if (!read_number(rest, 1, &number, err))
        return SCENE_WRONG;
    record_move(view, (size_t)number, false);
    return done(view, out);
}

static enum scene_result do_back(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    uint64_t number;

    if (!read_number(rest, 1, &number, err))
        return SCENE_WRONG;
    record_move(view, (size_t)number, true);
    return done(view, out);
}

static bool take_kind(struct record_view *view, const char *name, struct err *err)
{
    const struct record_ops *ops = view->record->ops;
    unsigned kind = 0;

    if (name[0] == '\0')
        return true;
    for (; kind < ops->kinds; kind++) {
        const char *known = ops->kind_name(view->record, kind);

        if (known != NULL && strcasecmp(known, name) == 0)
            break;
    }
    if (kind < ops->kinds || strcmp(name, "any") == 0) {
        view->kind = kind;
        return true;
    }
    err_set(err, "there is no kind '%.40s'; `kinds' lists them", name);
    return false;
}

static enum scene_result do_next(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    if (!take_kind(view, rest, err))
        return SCENE_WRONG;
    record_look_for(view, NULL, false);
    return done(view, out);
}

static enum scene_result do_last(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    if (!take_kind(view, rest, err))
        return SCENE_WRONG;
    record_look_for(view, NULL, true);
    return done(view, out);
}

static enum scene_result do_find(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    if (rest[0] == '\0') {
        err_set(err, "find needs a text");
        return SCENE_WRONG;
    }
    record_look_for(view, rest, false);
    return done(view, out);
}

static enum scene_result do_list(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    uint64_t number;

    if (!read_number(rest, LIST_LINES, &number, err))
        return SCENE_WRONG;
    for (size_t i = view->at; i < view->record->count && i - view->at < number; i++)
        print_moment(out, view->record, i);
    return SCENE_DONE;
}

static enum scene_result do_kinds(struct record_view *view, const char *rest, FILE *out,
                                  struct err *err)
{
    const struct record_ops *ops = view->record->ops;
    char number[32];

    (void)rest, (void)err;
    for (unsigned kind = 0; kind < ops->kinds; kind++) {
        uint64_t count = 0;

        for (size_t i = 0; i < view->record->count; i++)
            count += ops->kind(view->record, i) == kind;
        if (count > 0)
            fprintf(out, "  %-20s %12s\n", ops->kind_name(view->record, kind),
                    grouped(number, count));
    }
    return SCENE_DONE;
}

static enum scene_result do_where(struct record_view *view, const char *rest, FILE *out,
                                  struct err *err)
{
    (void)rest, (void)err;
    record_print_where(out, view);
    return SCENE_DONE;
}

static enum scene_result do_quit(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    (void)view, (void)rest, (void)out, (void)err;
    return SCENE_QUIT;
}

static const struct {
    const char *name, *arguments, *meaning;
    perform *function;
} commands[] = {
    {"step", "[N]", "forward by N", do_step},
    {"back", "[N]", "back by N", do_back},
    {"goto", "N", "to that number", do_goto},
    {"next", "[KIND]", "to the next of that kind, or any", do_next},
    {"last", "[KIND]", "back to the last of that kind", do_last},
    {"find", "TEXT", "to the next whose line has TEXT", do_find},
    {"list", "[N]", "lines from here on", do_list},
    {"kinds", "", "the kinds, and how many there are of each", do_kinds},
    {"where", "", "this one", do_where},
    {"quit", "", "end", do_quit},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

enum scene_result record_command(struct record_view *view, const char *line, FILE *out,
                                 struct err *err)
{
    size_t length = strcspn(line, " \t");
    bool help = strcmp(line, "help") == 0 || strcmp(line, "h") == 0;

    view->scene.message[0] = '\0';
    if (line[0] == '\0' || line[0] == '#')
        return SCENE_DONE;
    for (unsigned i = 0; i < COMMANDS; i++) {
        if (help)
            fprintf(out, "  %-12s %-20s  %s\n", commands[i].name, commands[i].arguments,
                    commands[i].meaning);
        else if (strlen(commands[i].name) == length && strncmp(commands[i].name, line, length) == 0)
            return commands[i].function(view, line + length + strspn(line + length, " \t"), out,
                                        err);
    }
    if (help)
        return SCENE_DONE;
    err_set(err, "there is no command '%.40s'", line);
    err_hint(err, "help");
    return SCENE_WRONG;
}
