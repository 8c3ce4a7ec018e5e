/* script.c: see script.h. */
#include "stepper/script.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "stepper/control.h"
#include "stepper/draw.h"
#include "stepper/export.h"
#include "stepper/panes.h"
#include "stepper/status.h"
#include "view/screen.h"

enum { KEYS_MOST = 100000, PANE_LINES = 20 };

/* What a word of a script's own does; `rest` is the line behind it, without blanks before. */
typedef enum script_result perform(struct stepper *stepper, struct script *script, const char *rest,
                                   FILE *out, struct err *err);

static void print_frame(FILE *file, const struct stepper *stepper, const struct script *script,
                        bool ascii)
{
    struct grid grid;

    grid_init(&grid, script->width, script->height);
    stepper_draw(&grid, stepper);
    grid_print(file, &grid, ascii);
    grid_fini(&grid);
}

static enum script_result do_status(struct stepper *stepper, struct script *script,
                                    const char *rest, FILE *out, struct err *err)
{
    char text[STEPPER_TEXT];

    (void)script, (void)rest, (void)err;
    status_text(stepper, text);
    fprintf(out, "  %s\n", text);
    return SCRIPT_DONE;
}

static enum script_result do_key(struct stepper *stepper, struct script *script, const char *rest,
                                 FILE *out, struct err *err)
{
    char name[16], behind[2];
    unsigned long count = 1;
    uint32_t key;
    int found = sscanf(rest, "%15s %5lu%1s", name, &count, behind);

    (void)script;
    if (found < 1 || found > 2 || count > KEYS_MOST || !keys_find(name, &key)) {
        err_set(err, "there is no key '%.40s'", rest);
        err_hint(err, "trivium step --keys");
        return SCRIPT_WRONG;
    }
    for (unsigned long i = 0; i < count; i++) {
        if (!control_key(stepper, key))
            return SCRIPT_QUIT;
    }
    return do_status(stepper, script, rest, out, err);
}

static enum script_result do_pane(struct stepper *stepper, struct script *script, const char *rest,
                                  FILE *out, struct err *err)
{
    enum pane pane = PANE_COUNT;
    unsigned lines = PANE_LINES;
    char name[16], behind[2];
    int found = sscanf(rest, "%15s %2u%1s", name, &lines, behind);

    (void)script;
    if (found >= 1 && isdigit((unsigned char)name[0]) && name[1] == '\0')
        pane = pane_of_key(stepper->look.view, (unsigned)(name[0] - '0'));
    else if (found >= 1)
        pane = pane_of_name(name);
    if (found < 1 || found > 2 || pane == PANE_COUNT || lines < 1) {
        err_set(err,
                "a pane has a name, or a number of the view's, then come how many lines, not "
                "'%.40s'",
                rest);
        return SCRIPT_WRONG;
    }
    export_lines(out, stepper, pane, (int)lines, !screen_takes_utf8());
    return SCRIPT_DONE;
}

static enum script_result do_view(struct stepper *stepper, struct script *script, const char *rest,
                                  FILE *out, struct err *err)
{
    unsigned view = 0;

    (void)script;
    while (view < VIEW_COUNT && strcmp(rest, view_name((enum view)view)) != 0)
        view++;
    if (view == VIEW_COUNT) {
        err_set(err, "a view is translate or run, not '%.40s'", rest);
        return SCRIPT_WRONG;
    }
    stepper_set_view(stepper, (enum view)view);
    fprintf(out, "  view: %s, of", rest);
    for (unsigned key = 0; key <= 9; key++) {
        enum pane pane = pane_of_key((enum view)view, key);

        if (pane != PANE_COUNT)
            fprintf(out, " %u %s", key, pane_name(pane));
    }
    fputc('\n', out);
    return SCRIPT_DONE;
}

static enum script_result do_process(struct stepper *stepper, struct script *script,
                                     const char *rest, FILE *out, struct err *err)
{
    char text[STEPPER_TEXT], behind;
    int pid, life = LIFE_NONE;

    (void)script;
    if (sscanf(rest, "%9d%c", &pid, &behind) == 1)
        life = processes_find(&stepper->processes->now, pid);
    if (life == LIFE_NONE && strcmp(rest, "none") != 0) {
        err_set(err, "there is no process '%.40s' here", rest);
        return SCRIPT_WRONG;
    }
    stepper->look.process = life;
    if (life == LIFE_NONE)
        return SCRIPT_DONE;
    life_sentence(stepper, life, text, sizeof text);
    fprintf(out, "  %s\n", text);
    return SCRIPT_DONE;
}

static enum script_result do_expect(struct stepper *stepper, struct script *script,
                                    const char *rest, FILE *out, struct err *err)
{
    char *frame = NULL;
    size_t size;
    FILE *file = open_memstream(&frame, &size);
    bool found;

    (void)out;
    if (file == NULL)
        err_die_oom();
    print_frame(file, stepper, script, false);
    fclose(file);
    found = strstr(frame, rest) != NULL;
    free(frame);
    if (!found)
        err_set(err, "the screen does not show '%.100s'", rest);
    return found ? SCRIPT_DONE : SCRIPT_WRONG;
}

static enum script_result do_note(struct stepper *stepper, struct script *script, const char *rest,
                                  FILE *out, struct err *err)
{
    (void)script, (void)err;
    snprintf(stepper->look.note, sizeof stepper->look.note, "%s", rest);
    fprintf(out, "  note: %s\n", rest);
    return SCRIPT_NOTE;
}

static enum script_result do_stop(struct stepper *stepper, struct script *script, const char *rest,
                                  FILE *out, struct err *err)
{
    (void)script, (void)err;
    stepper_look_afresh(stepper);
    fprintf(out, "  stop: %s\n", rest);
    return SCRIPT_DONE;
}

static enum script_result do_screen(struct stepper *stepper, struct script *script,
                                    const char *rest, FILE *out, struct err *err)
{
    int width, height;
    char behind;

    (void)stepper, (void)out;
    if (sscanf(rest, "%4dx%4d%c", &width, &height, &behind) != 2 || width < 1 ||
        width > GRID_WIDTH_MAX || height < 1 || height > GRID_HEIGHT_MAX) {
        err_set(err, "a screen has columns and lines, such as 120x40, not '%.40s'", rest);
        return SCRIPT_WRONG;
    }
    script->width = width;
    script->height = height;
    return SCRIPT_DONE;
}

static enum script_result do_frame(struct stepper *stepper, struct script *script, const char *rest,
                                   FILE *out, struct err *err)
{
    (void)rest, (void)err;
    print_frame(script->frames != NULL ? script->frames : out, stepper, script,
                !screen_takes_utf8());
    return SCRIPT_DONE;
}

static enum script_result do_export(struct stepper *stepper, struct script *script,
                                    const char *rest, FILE *out, struct err *err)
{
    (void)script;
    if (export_pane(stepper, stepper->look.focus, rest, err) < 0)
        return SCRIPT_WRONG;
    fprintf(out, "  written: %s\n", rest);
    return SCRIPT_DONE;
}

static const struct {
    const char *name, *arguments, *meaning;
    perform *function;
} words[] = {
    {"key", "NAME [N]", "press a key of the screen, N times; --keys lists them", do_key},
    {"status", "", "print the sentence below the panes", do_status},
    {"view", "translate | run", "what is shown: the translation, or the machine that runs",
     do_view},
    {"pane", "0-9 | NAME [LINES]", "print what a pane shows", do_pane},
    {"process", "PID | none", "light that process; then n and N go to its events", do_process},
    {"expect", "TEXT", "the screen has to show TEXT", do_expect},
    {"note", "[TEXT]", "what a speaker says, shown below the panes", do_note},
    {"stop", "TITLE", "a stop of a tour begins, with a view as at first", do_stop},
    {"screen", "WIDTHxHEIGHT", "the screen that is drawn, where there is no real one", do_screen},
    {"frame", "", "print the screen as text", do_frame},
    {"export", "FILE", "write the pane in front to FILE: .svg or .txt", do_export},
};

enum { WORDS = sizeof words / sizeof *words };

enum script_result script_line(struct stepper *stepper, struct script *script, const char *line,
                               FILE *out, struct err *err)
{
    size_t length;

    line += strspn(line, " \t");
    length = strcspn(line, " \t");
    for (unsigned i = 0; i < WORDS; i++) {
        if (strlen(words[i].name) != length || strncmp(words[i].name, line, length) != 0)
            continue;
        line += length;
        return words[i].function(stepper, script, line + strspn(line, " \t"), out, err);
    }
    switch (control_command(stepper, line, out, err)) {
    case COMMAND_QUIT: return SCRIPT_QUIT;
    case COMMAND_WRONG: return SCRIPT_WRONG;
    case COMMAND_DONE: break;
    }
    for (unsigned i = 0; i < WORDS && (strcmp(line, "help") == 0 || strcmp(line, "h") == 0); i++)
        fprintf(out, "  %-12s %-20s  %s\n", words[i].name, words[i].arguments, words[i].meaning);
    return SCRIPT_DONE;
}

char *script_read_line(struct script *script)
{
    char *text = NULL, *line = NULL;
    size_t size, capacity = 0;
    bool any = false, more = true;
    FILE *file = open_memstream(&text, &size);

    if (file == NULL)
        err_die_oom();
    while (more && getline(&line, &capacity, script->file) >= 0) {
        const char *start = any ? line + strspn(line, " \t") : line;
        size_t length = strcspn(start, "\r\n");

        more = length > 0 && start[length - 1] == '\\';
        fwrite(start, 1, more ? length - 1 : length, file);
        any = true;
        script->number++;
    }
    fclose(file);
    free(line);
    if (any)
        return text;
    free(text);
    return NULL;
}

enum script_result script_next(struct stepper *stepper, struct script *script, FILE *out,
                               struct err *err)
{
    enum script_result result = SCRIPT_END;
    char *line;

    if (script->prompt) {
        fputs("step> ", out);
        fflush(out);
    }
    line = script_read_line(script);
    if (line != NULL) {
        if (script->echo && line[0] != '\0')
            fprintf(out, "> %.*s\n", COMMAND_LENGTH, line);
        result = script_line(stepper, script, line, out, err);
    }
    free(line);
    if (result == SCRIPT_WRONG && script->stop_at_error)
        err_wrap(err, "%s:%u", script->name, script->number);
    return result;
}
