/*
 * script.h: files of commands: those of a scene, and those for its screen.
 *
 *     key NAME [N]       press that key, N times
 *     expect TEXT        the screen has to show TEXT, else the script ends here with an error
 *     status             print the sentence that stands below the panes, for who sees no screen
 *     pane N [LINES]     print the pane of that number, or of that name
 *     note [TEXT]        what a speaker says: shown below the panes, until the next one
 *     stop TITLE         a stop of a tour begins: what is looked at, and how, is as at first
 *     screen WIDTHxHEIGHT
 *                        the screen that frames and expectations are of, where there is no real one
 *     frame              print the screen as text
 *     export FILE        write the pane in front to FILE, .svg or .txt, and where it is from
 *
 * A line that ends with a backslash goes on in the next one, without the blanks that this begins
 * with. One script can so be run in lines, on a screen, or without either.
 */
#ifndef TRIVIUM_VIEW_SCRIPT_H
#define TRIVIUM_VIEW_SCRIPT_H

#include "view/scene.h"

struct script {
    FILE *file;
    const char *name;  /* for messages */
    unsigned number;   /* of the last line that was read */
    int width, height; /* of the screen */
    FILE *frames;      /* where frames are printed; NULL: where all else is */
    /* The first line that is wrong is told with its number; each line is shown before what comes of
     * it; something is shown where a line is waited for. */
    bool stop_at_error, echo, prompt;
};

enum script_result { SCRIPT_DONE, SCRIPT_NOTE, SCRIPT_QUIT, SCRIPT_END, SCRIPT_WRONG };

/* Its next line, to be freed; NULL: there is none. */
char *script_read_line(struct script *script);

/* One line of it. What it writes goes to `out`. */
enum script_result script_line(struct scene *scene, struct script *script, const char *line,
                               FILE *out, struct err *err);

/* Reads the next line and performs it. SCRIPT_NOTE: it was a note. SCRIPT_WRONG: err has the
 * script's name and the line's number. */
enum script_result script_next(struct scene *scene, struct script *script, FILE *out,
                               struct err *err);

/* What was typed on a screen is done; its first line of output is the message. False: it ends. */
bool script_typed(struct scene *scene);

#endif
