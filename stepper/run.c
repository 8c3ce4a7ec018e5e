/* run.c: the commands of the view Run: see run.h. */
#include "stepper/run.h"

#include <string.h>

static const char *const view_names[VIEW_COUNT] = {
    [VIEW_TRANSLATE] = "translate", [VIEW_RUN] = "run"};

static bool do_view(struct stepper *stepper, const char *name, FILE *out, struct err *err)
{
    const struct scene_ops *ops;
    unsigned view = 0;

    while (view < VIEW_COUNT && strcmp(name, view_names[view]) != 0)
        view++;
    if (view == VIEW_COUNT) {
        err_set(err, "a view is translate or run, not '%.40s'", name);
        return false;
    }
    stepper_set_view(stepper, (enum view)view);
    ops = stepper->scene.ops;
    fprintf(out, "  view: %s, of", name);
    for (unsigned pane = 0; pane < ops->panes; pane++)
        fprintf(out, " %u %s", pane, ops->names[pane]);
    fputc('\n', out);
    return true;
}

static bool do_process(struct stepper *stepper, const char *name, FILE *out, struct err *err)
{
    int pid, life = LIFE_NONE;
    char text[SCENE_TEXT], behind;

    if (sscanf(name, "%9d%c", &pid, &behind) == 1)
        life = processes_find(&stepper->processes->now, pid);
    if (life == LIFE_NONE && strcmp(name, "none") != 0) {
        err_set(err, "there is no process '%.40s' here", name);
        return false;
    }
    stepper->look.process = life;
    if (life == LIFE_NONE)
        return true;
    run_life_sentence(stepper, life, text, sizeof text);
    fprintf(out, "  %s\n", text);
    return true;
}

static const struct {
    const char *name, *arguments, *meaning;
    bool (*function)(struct stepper *stepper, const char *rest, FILE *out, struct err *err);
} words[] = {
    {"view", "translate | run", "what is shown: the translation, or the machine that runs",
     do_view},
    {"process", "PID | none", "light that process; then the keys n and N go to its events",
     do_process},
};

enum { WORDS = sizeof words / sizeof *words };

bool run_command(struct stepper *stepper, const char *line, FILE *out, bool *wrong, struct err *err)
{
    size_t length;

    line += strspn(line, " \t");
    length = strcspn(line, " \t");
    *wrong = false;
    for (unsigned i = 0; i < WORDS; i++) {
        if (strlen(words[i].name) != length || strncmp(words[i].name, line, length) != 0)
            continue;
        line += length;
        *wrong = !words[i].function(stepper, line + strspn(line, " \t"), out, err);
        return true;
    }
    for (unsigned i = 0; i < WORDS && (strcmp(line, "help") == 0 || strcmp(line, "h") == 0); i++)
        fprintf(out, "  %-12s %-20s  %s\n", words[i].name, words[i].arguments, words[i].meaning);
    return false;
}
