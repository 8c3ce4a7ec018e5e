/* sh: a small shell. What its files share.
 *
 *   main.c   reads lines from a terminal, a file or -c, one after the other
 *   words.c  cuts a line into words and operators; removes quotes and puts in $NAME and $?
 *   parse.c  finds the commands, pipelines and conditions in a line
 *   run.c    makes processes of them
 *
 * The grammar, all of it:
 *
 *   line     = [ pipeline { ( ";" | "&&" | "||" ) pipeline } [ ";" ] ] [ "#" comment ]
 *   pipeline = command { "|" command }
 *   command  = ( word | "<" word | ">" word | ">>" word ) ...
 *   word     = characters, 'all as it is', "all but $ and \", \character, $NAME, $?
 */
#ifndef TRIVIUM_GUEST_BIN_SH_SH_H
#define TRIVIUM_GUEST_BIN_SH_SH_H

#include <stdbool.h>
#include <stddef.h>

struct shell {
    int status;       /* $?: how the last pipeline ended */
    bool interactive; /* a person types: prompt, and survive Ctrl-C */
    bool finished;    /* exit was called */
};

/* A part of the line, not ended by a NUL. */
struct slice {
    const char *start;
    size_t length;
};

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_PIPE,      /* |  */
    TOKEN_LESS,      /* <  */
    TOKEN_GREATER,   /* >  */
    TOKEN_APPEND,    /* >> */
    TOKEN_SEMICOLON, /* ;  */
    TOKEN_AND,       /* && */
    TOKEN_OR,        /* || */
    TOKEN_UNKNOWN,   /* an operator of larger shells */
    TOKEN_OPEN,      /* a quote that does not end in this line */
};

struct token {
    enum token_kind kind;
    struct slice text;
};

struct word {
    struct slice text; /* quotes and $ as written */
    struct word *next;
};

struct redirection {
    enum token_kind kind; /* TOKEN_LESS, TOKEN_GREATER or TOKEN_APPEND */
    struct slice path;
    struct redirection *next;
};

struct command {
    struct word *words;
    size_t word_count;
    struct redirection *redirections;
    struct command *next; /* reads what this one writes */
};

enum condition {
    ALWAYS,
    IF_SUCCEEDED, /* && */
    IF_FAILED,    /* || */
};

struct pipeline {
    enum condition condition; /* on the status before */
    struct command *commands;
    struct pipeline *next;
};

/* words.c */

/* Takes the next token from *text and moves *text behind it. */
struct token word_token(const char **text);

/* The word as a program gets it. Owned by the caller (free); never NULL. */
char *word_expand(const struct shell *shell, struct slice word);

/* malloc that ends the shell with a message when there is no memory. */
void *word_allocate(size_t size);

/* parse.c */

/* Parses one line, which must stay in memory as long as the result. Returns 0, or -1 after a
 * message. An empty line is a NULL *line. The caller frees *line with parse_free in both cases. */
int parse_line(const char *text, struct pipeline **line);
void parse_free(struct pipeline *line);

/* run.c */

/* Runs the pipelines of a line, as far as their conditions hold. */
void run_line(struct shell *shell, const struct pipeline *line);

#endif
