/* script.c: see script.h. */
#include "view/script.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "view/export.h"

enum { KEYS_MOST = 100000, PANE_LINES = 20, ECHO_MOST = 256 };

/* What a word of a script's own does; `rest` is the line behind it, without blanks before. */
typedef enum script_result perform(struct scene *scene, struct script *script, const char *rest,
                                   FILE *out, struct err *err);

static void print_frame(FILE *file, const struct scene *scene, const struct script *script,
                        bool ascii)
{
    struct grid grid;

    grid_init(&grid, script->width, script->height);
    scene->ops->draw(scene->owner, &grid);
    grid_print(file, &grid, ascii);
    grid_fini(&grid);
}

static enum script_result do_status(struct scene *scene, struct script *script, const char *rest,
                                    FILE *out, struct err *err)
{
    char text[SCENE_TEXT];

    (void)script, (void)rest, (void)err;
    scene->ops->status(scene->owner, text);
    fprintf(out, "  %s\n", text);
    return SCRIPT_DONE;
}

static enum script_result do_key(struct scene *scene, struct script *script, const char *rest,
                                 FILE *out, struct err *err)
{
    char name[16], behind[2];
    unsigned long count = 1;
    uint32_t key;
    int found = sscanf(rest, "%15s %5lu%1s", name, &count, behind);

    (void)script;
    if (found < 1 || found > 2 || count > KEYS_MOST || !scene_find_key(scene->ops, name, &key)) {
        err_set(err, "there is no key '%.40s'", rest);
        err_hint(err, "--keys lists them");
        return SCRIPT_WRONG;
    }
    for (unsigned long i = 0; i < count; i++) {
        if (!scene_key(scene, key))
            return SCRIPT_QUIT;
    }
    return do_status(scene, script, rest, out, err);
}

/* The pane of that name, small or capital, or number; panes: there is none. */
static unsigned find_pane(const struct scene_ops *ops, const char *name)
{
    unsigned pane = 0;

    if (isdigit((unsigned char)name[0]))
        return name[1] == '\0' ? (unsigned)(name[0] - '0') : ops->panes;
    while (pane < ops->panes && strcasecmp(ops->names[pane], name) != 0)
        pane++;
    return pane;
}

static enum script_result do_pane(struct scene *scene, struct script *script, const char *rest,
                                  FILE *out, struct err *err)
{
    unsigned pane, lines = PANE_LINES;
    char name[16], behind[2];
    int found = sscanf(rest, "%15s %2u%1s", name, &lines, behind);

    (void)script;
    pane = found < 1 ? scene->ops->panes : find_pane(scene->ops, name);
    if (found < 1 || found > 2 || pane >= scene->ops->panes || lines < 1) {
        err_set(err,
                "a pane has a name, or a number from 0 to %u, then come how many lines, not "
                "'%.40s'",
                scene->ops->panes - 1, rest);
        return SCRIPT_WRONG;
    }
    export_lines(out, scene, pane, (int)lines, !screen_takes_utf8());
    return SCRIPT_DONE;
}

static enum script_result do_expect(struct scene *scene, struct script *script, const char *rest,
                                    FILE *out, struct err *err)
{
    char *frame = NULL;
    size_t size;
    FILE *file = open_memstream(&frame, &size);
    bool found;

    (void)out;
    if (file == NULL)
        err_die_oom();
    print_frame(file, scene, script, false);
    fclose(file);
    found = strstr(frame, rest) != NULL;
    free(frame);
    if (!found)
        err_set(err, "the screen does not show '%.100s'", rest);
    return found ? SCRIPT_DONE : SCRIPT_WRONG;
}

static enum script_result do_note(struct scene *scene, struct script *script, const char *rest,
                                  FILE *out, struct err *err)
{
    (void)script, (void)err;
    snprintf(scene->note, sizeof scene->note, "%s", rest);
    fprintf(out, "  note: %s\n", rest);
    return SCRIPT_NOTE;
}

static enum script_result do_stop(struct scene *scene, struct script *script, const char *rest,
                                  FILE *out, struct err *err)
{
    (void)script, (void)err;
    scene->ops->afresh(scene->owner);
    fprintf(out, "  stop: %s\n", rest);
    return SCRIPT_DONE;
}

static enum script_result do_screen(struct scene *scene, struct script *script, const char *rest,
                                    FILE *out, struct err *err)
{
    int width, height;
    char behind;

    (void)scene, (void)out;
    if (sscanf(rest, "%4dx%4d%c", &width, &height, &behind) != 2 || width < 1 ||
        width > GRID_WIDTH_MAX || height < 1 || height > GRID_HEIGHT_MAX) {
        err_set(err, "a screen has columns and lines, such as 120x40, not '%.40s'", rest);
        return SCRIPT_WRONG;
    }
    script->width = width;
    script->height = height;
    return SCRIPT_DONE;
}

static enum script_result do_frame(struct scene *scene, struct script *script, const char *rest,
                                   FILE *out, struct err *err)
{
    (void)rest, (void)err;
    print_frame(script->frames != NULL ? script->frames : out, scene, script, !screen_takes_utf8());
    return SCRIPT_DONE;
}

static enum script_result do_export(struct scene *scene, struct script *script, const char *rest,
                                    FILE *out, struct err *err)
{
    (void)script;
    if (export_pane(scene, scene->focus, rest, err) < 0)
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
    {"pane", "0-9 | NAME [LINES]", "print what a pane shows", do_pane},
    {"expect", "TEXT", "the screen has to show TEXT", do_expect},
    {"note", "[TEXT]", "what a speaker says, shown below the panes", do_note},
    {"stop", "TITLE", "a stop of a tour begins, with a view as at first", do_stop},
    {"screen", "WIDTHxHEIGHT", "the screen that is drawn, where there is no real one", do_screen},
    {"frame", "", "print the screen as text", do_frame},
    {"export", "FILE", "write the pane in front to FILE: .svg or .txt", do_export},
};

enum { WORDS = sizeof words / sizeof *words };

enum script_result script_line(struct scene *scene, struct script *script, const char *line,
                               FILE *out, struct err *err)
{
    size_t length;

    line += strspn(line, " \t");
    length = strcspn(line, " \t");
    for (unsigned i = 0; i < WORDS; i++) {
        if (strlen(words[i].name) != length || strncmp(words[i].name, line, length) != 0)
            continue;
        line += length;
        return words[i].function(scene, script, line + strspn(line, " \t"), out, err);
    }
    switch (scene->ops->command(scene->owner, line, out, err)) {
    case SCENE_QUIT: return SCRIPT_QUIT;
    case SCENE_WRONG: return SCRIPT_WRONG;
    case SCENE_DONE: break;
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

enum script_result script_next(struct scene *scene, struct script *script, FILE *out,
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
            fprintf(out, "> %.*s\n", ECHO_MOST, line);
        result = script_line(scene, script, line, out, err);
    }
    free(line);
    if (result == SCRIPT_WRONG && script->stop_at_error)
        err_wrap(err, "%s:%u", script->name, script->number);
    return result;
}

bool script_typed(struct scene *scene)
{
    char *output = NULL;
    size_t size;
    FILE *file = open_memstream(&output, &size);
    struct err err = {0};
    struct script script = {.width = 80, .height = 24};
    enum script_result result;

    if (file == NULL)
        err_die_oom();
    result = script_line(scene, &script, scene->typed, file, &err);
    fclose(file);
    output[strcspn(output, "\n")] = '\0';
    if (result == SCRIPT_WRONG)
        scene_say(scene, "%s", err.text);
    else if (output[0] == ' ')
        scene_say(scene, "%s", output + strspn(output, " "));
    free(output);
    return result != SCRIPT_QUIT;
}
