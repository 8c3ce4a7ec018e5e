/*
 * scene.h: a picture of panes that keys change: what a screen (loop.h), a file of commands
 * (script.h) and a pane's file (export.h) need to know of it.
 *
 *     keys, mouse --scene_key(), ops->mouse--> struct scene + its owner --ops->draw--> grid
 *
 * The stepper is one (stepper/stepper.h), and so is each recorded view (record/record.h). The
 * struct stands inside its owner's. Drawing changes nothing, so a screen is the same as text, on a
 * terminal, in a window and in a file.
 */
#ifndef TRIVIUM_VIEW_SCENE_H
#define TRIVIUM_VIEW_SCENE_H

#include <stddef.h>
#include <stdio.h>

#include "lib/err.h"
#include "view/grid.h"
#include "view/palette.h"
#include "view/screen.h"

enum {
    SCENE_TEXT = 512,  /* bytes of a sentence */
    SCENE_TYPED = 120, /* bytes of a command that is typed */
    SCENE_PANES = 10,  /* at most: a pane's number is the key that brings it to the front */
    SCENE_SPEEDS = 8,  /* of playing */
};

enum scene_result { SCENE_DONE, SCENE_QUIT, SCENE_WRONG };

struct scene;

/* One table has all keys: the help, the man page's and --keys are made of it, and scripts name them
 * as it does. */
struct key {
    uint32_t key; /* as of screen.h */
    const char *name;
    const char *meaning;                               /* room: half of a small terminal */
    bool (*act)(struct scene *scene, struct err *err); /* false: it ends */
};

/* What is different from scene to scene. */
struct scene_ops {
    void (*draw)(const void *owner, struct grid *grid);                    /* all of it anew */
    void (*draw_pane)(const void *owner, struct area area, unsigned pane); /* alone, framed */
    /* "IR before | after fold", without the number; `width` is the pane's. */
    void (*title)(const void *owner, unsigned pane, int width, char *text, size_t size);
    /* One sentence: what has just happened, and why. text: SCENE_TEXT bytes */
    void (*status)(const void *owner, char *text);
    /* Where a pane's file is from, in lines that begin with `before`. */
    void (*provenance)(const void *owner, FILE *file, const char *before);
    /* The first lines where there is no screen. */
    void (*start)(void *owner, FILE *out);
    /* A line that is typed, and no word of script.h. What it writes goes to `out`. */
    enum scene_result (*command)(void *owner, const char *line, FILE *out, struct err *err);
    /* A key that has a meaning before all others, as on a tour; NULL: none has. */
    bool (*lead)(void *owner, uint32_t key);
    void (*mouse)(void *owner, const struct screen_mouse *mouse, int width, int height);
    void (*tick)(void *owner);   /* the time for the next step of playing has come */
    void (*afresh)(void *owner); /* what is looked at, and how, as at first: scene_afresh() */
    const char *example;         /* of what can be typed: "goto 40" */
    const char *const *names;    /* of panes */
    unsigned panes;
    const struct key *keys; /* ended by one without a name */
};

struct scene {
    const struct scene_ops *ops;
    void *owner; /* handed to ops' functions */
    enum theme theme;
    int scale; /* steps that letters shall become larger by; for a window */
    unsigned focus;
    unsigned chosen[SCENE_PANES]; /* when a pane was chosen last: the latest is in front */
    unsigned clock;               /* of `chosen` */
    int scroll[SCENE_PANES];      /* lines that are moved from where they would be */
    bool zoomed, help;
    bool predict; /* what comes is asked before it is shown */
    bool playing;
    unsigned speed;
    int hover;                /* what is under the mouse; -1: nothing */
    bool typing;              /* a command is being typed: */
    char typed[SCENE_TYPED];  /* so far */
    char message[SCENE_TEXT]; /* shown in place of the status, until the next key */
    char note[SCENE_TEXT];    /* a speaker's, from a script, or a stop's of a tour */
};

/* `owner`: what ops' functions are about. */
void scene_init(struct scene *scene, const struct scene_ops *ops, void *owner);

/* As after scene_init(), but for the colours. */
void scene_afresh(struct scene *scene);

/* Brings a pane to the front of those that share its place; with focus, keys are for it, too. */
void scene_choose(struct scene *scene, unsigned pane);
void scene_focus(struct scene *scene, unsigned pane);

/* Says on the status line, until the next key. */
void scene_say(struct scene *scene, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A command begins to be typed, with that. */
void scene_type(struct scene *scene, const char *text);

/* What a key does; one that has no meaning does nothing. What goes wrong is said on the status
 * line. False: it ends. */
bool scene_key(struct scene *scene, uint32_t key);

/* How many steps a second. */
double scene_speed(const struct scene *scene);

/* The key of that name, "space" or "b"; false: there is none. */
bool scene_find_key(const struct scene_ops *ops, const char *name, uint32_t *key);

/* The table, for people: --keys. */
void scene_print_keys(FILE *file, const struct key *keys);

/* The keys on the screen; `below` (or NULL) stands under them if there is room. */
void scene_draw_help(struct area area, const struct scene *scene, const char *below);

/* Broken into the area's lines; the end shows when there was more. */
void scene_draw_sentence(struct area area, enum role role, const char *text);

/* What stands below the panes: what is typed, or the status; and the note. */
void scene_draw_foot(struct area status, struct area note, const struct scene *scene);

/* Keys that do the same in every scene. */
bool scene_act_command(struct scene *scene, struct err *err);
bool scene_act_goto(struct scene *scene, struct err *err);
bool scene_act_play(struct scene *scene, struct err *err);
bool scene_act_faster(struct scene *scene, struct err *err);
bool scene_act_slower(struct scene *scene, struct err *err);
bool scene_act_predict(struct scene *scene, struct err *err);
bool scene_act_pane(struct scene *scene, struct err *err); /* scene_key() knows which */
bool scene_act_next_pane(struct scene *scene, struct err *err);
bool scene_act_zoom(struct scene *scene, struct err *err);
bool scene_act_larger(struct scene *scene, struct err *err);
bool scene_act_smaller(struct scene *scene, struct err *err);
bool scene_act_theme(struct scene *scene, struct err *err);
bool scene_act_help(struct scene *scene, struct err *err);
bool scene_act_quit(struct scene *scene, struct err *err);

/* "1,234,567" */
const char *grouped(char text[32], uint64_t number);

#endif
