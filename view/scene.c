/* scene.c: see scene.h. */
#include "view/scene.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "view/glyph.h"
#include "view/script.h"

void scene_init(struct scene *scene, const struct scene_ops *ops, void *owner)
{
    *scene = (struct scene){.ops = ops, .owner = owner, .speed = 2, .hover = -1};
}

void scene_afresh(struct scene *scene)
{
    enum theme theme = scene->theme;

    scene_init(scene, scene->ops, scene->owner);
    scene->theme = theme;
}

void scene_choose(struct scene *scene, unsigned pane)
{
    scene->chosen[pane] = ++scene->clock;
}

void scene_focus(struct scene *scene, unsigned pane)
{
    scene->focus = pane;
    scene_choose(scene, pane);
}

void scene_say(struct scene *scene, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(scene->message, sizeof scene->message, format, arguments);
    va_end(arguments);
}

void scene_type(struct scene *scene, const char *text)
{
    scene->typing = true;
    snprintf(scene->typed, sizeof scene->typed, "%s", text);
}

double scene_speed(const struct scene *scene)
{
    static const double speeds[SCENE_SPEEDS] = {0.2, 0.5, 1, 2, 5, 10, 20, 60};

    return speeds[scene->speed];
}

bool scene_act_command(struct scene *scene, struct err *err)
{
    (void)err;
    scene_type(scene, "");
    return true;
}

bool scene_act_goto(struct scene *scene, struct err *err)
{
    (void)err;
    scene_type(scene, "goto ");
    return true;
}

bool scene_act_play(struct scene *scene, struct err *err)
{
    (void)err;
    scene->playing = !scene->playing;
    return true;
}

static bool change_speed(struct scene *scene, int by)
{
    int speed = (int)scene->speed + by;

    if (speed >= 0 && speed < SCENE_SPEEDS)
        scene->speed = (unsigned)speed;
    scene_say(scene, "p plays %g steps a second.", scene_speed(scene));
    return true;
}

bool scene_act_faster(struct scene *scene, struct err *err)
{
    (void)err;
    return change_speed(scene, 1);
}

bool scene_act_slower(struct scene *scene, struct err *err)
{
    (void)err;
    return change_speed(scene, -1);
}

bool scene_act_predict(struct scene *scene, struct err *err)
{
    (void)err;
    scene->predict = !scene->predict;
    if (!scene->predict)
        scene_say(scene, "What comes is not asked any more.");
    return true;
}

bool scene_act_pane(struct scene *scene, struct err *err)
{
    (void)scene, (void)err;
    return true;
}

bool scene_act_next_pane(struct scene *scene, struct err *err)
{
    (void)err;
    scene_focus(scene, (scene->focus + 1U) % scene->ops->panes);
    return true;
}

bool scene_act_zoom(struct scene *scene, struct err *err)
{
    (void)err;
    scene->zoomed = !scene->zoomed;
    return true;
}

bool scene_act_larger(struct scene *scene, struct err *err)
{
    (void)err;
    scene->scale++;
    return true;
}

bool scene_act_smaller(struct scene *scene, struct err *err)
{
    (void)err;
    scene->scale--;
    return true;
}

bool scene_act_theme(struct scene *scene, struct err *err)
{
    (void)err;
    scene->theme = scene->theme == THEME_DARK ? THEME_LIGHT : THEME_DARK;
    return true;
}

bool scene_act_help(struct scene *scene, struct err *err)
{
    (void)err;
    scene->help = !scene->help;
    return true;
}

bool scene_act_quit(struct scene *scene, struct err *err)
{
    (void)scene, (void)err;
    return false;
}

/* A key while a command is typed. */
static bool take_typed(struct scene *scene, uint32_t key)
{
    size_t used = strlen(scene->typed);

    if (key == KEY_ENTER) {
        scene->typing = false;
        return script_typed(scene);
    }
    if (key == KEY_ESCAPE) {
        scene->typing = false;
    } else if (key == KEY_BACKSPACE || key == '\b') {
        scene->typed[used > 0 ? used - 1 : 0] = '\0';
    } else if (key >= ' ' && key <= '~' && used + 1 < sizeof scene->typed) {
        scene->typed[used] = (char)key;
        scene->typed[used + 1] = '\0';
    }
    return true;
}

static bool perform_key(struct scene *scene, uint32_t key)
{
    const struct scene_ops *ops = scene->ops;
    struct err err = {0};
    bool goes_on = true;

    if (key >= '0' && key <= '9' && key - '0' < ops->panes)
        scene_focus(scene, key - '0');
    for (const struct key *at = ops->keys; at->name != NULL; at++) {
        if (at->key == key)
            goes_on = at->act(scene, &err);
    }
    if (err.text[0] != '\0')
        scene_say(scene, "%s", err.text);
    return goes_on;
}

bool scene_key(struct scene *scene, uint32_t key)
{
    scene->message[0] = '\0';
    scene->hover = -1;
    if (scene->typing)
        return take_typed(scene, key);
    if (key == KEY_ESCAPE) {
        if (!scene->help && !scene->zoomed)
            return false;
        scene->help = scene->zoomed = false;
        return true;
    }
    if (key != 'p')
        scene->playing = scene->playing && (key == '<' || key == '>');
    return perform_key(scene, key);
}

bool scene_find_key(const struct scene_ops *ops, const char *name, uint32_t *key)
{
    static const struct {
        const char *name;
        uint32_t key;
    } others[] = {{"enter", KEY_ENTER}, {"escape", KEY_ESCAPE}, {"backspace", KEY_BACKSPACE}};

    for (const struct key *at = ops->keys; at->name != NULL; at++) {
        if (strcmp(at->name, name) == 0) {
            *key = at->key;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i].name, name) == 0) {
            *key = others[i].key;
            return true;
        }
    }
    *key = (unsigned char)name[0];
    return isgraph((unsigned char)name[0]) && name[1] == '\0';
}

void scene_print_keys(FILE *file, const struct key *keys)
{
    for (const struct key *key = keys; key->name != NULL; key++)
        fprintf(file, "%-10s %s\n", key->name, key->meaning);
}

/* In two columns where they do not fit into one. */
void scene_draw_help(struct area area, const struct scene *scene, const char *below)
{
    struct area inside = area_box(area, ROLE_TEXT, "KEYS");
    size_t count = 0, most = (size_t)(inside.height > 1 ? inside.height : 1), rows;
    int width, lines = below != NULL ? text_lines(below, inside.width - 2) : 0;

    while (scene->ops->keys[count].name != NULL)
        count++;
    rows = count + (lines > 0 ? (size_t)lines + 2 : 0) <= most ? count : (count + 1) / 2;
    width = rows < count ? inside.width / 2 : inside.width;
    rows = rows < most ? rows : most;

    for (size_t i = 0; i < count && i < 2 * rows; i++) {
        const struct key *key = &scene->ops->keys[i];
        int x = i < rows ? 1 : width + 1, y = (int)(i % rows);

        if (i == 2 * rows - 1 && count > 2 * rows) {
            area_text(inside, x, y, ROLE_WARN, "more: trivium step --keys");
            break;
        }
        area_text(inside, x, y, ROLE_STRONG, key->name);
        area_cut(inside, x + 10, y, width - 12, ROLE_TEXT, key->meaning);
    }
    if (lines > 0 && (int)rows + 1 + lines <= inside.height)
        area_wrap(area_part(inside, 1, (int)rows + 1, inside.width - 2, lines), 0, ROLE_TEXT,
                  below);
}

void scene_draw_sentence(struct area area, enum role role, const char *text)
{
    if (area_wrap(area, 0, role, text) > area.height)
        area_put(area, area.width - 1, area.height - 1, GLYPH_ELLIPSIS, ROLE_STRONG);
}

void scene_draw_foot(struct area status, struct area note, const struct scene *scene)
{
    char text[SCENE_TEXT];

    if (scene->typing) {
        area_print(status, 0, 0, ROLE_STRONG, "> %s_", scene->typed);
        area_text(status, 0, 1, ROLE_DIM, scene->ops->example);
    } else {
        scene->ops->status(scene->owner, text);
        scene_draw_sentence(status, ROLE_TEXT, text);
    }
    if (note.height > 0)
        scene_draw_sentence(note, ROLE_WARN, scene->note);
}

const char *grouped(char text[32], uint64_t number)
{
    char plain[32];
    int length = snprintf(plain, sizeof plain, "%" PRIu64, number), used = 0;

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = plain[i];
    }
    text[used] = '\0';
    return text;
}
