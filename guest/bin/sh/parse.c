/* The commands, pipelines and conditions in a line of the shell. See sh.h for the grammar. */
#include "guest/bin/sh/sh.h"

#include <stdio.h>
#include <stdlib.h>

struct parser {
    const char *rest;
    struct token token; /* the one to look at */
};

static void advance(struct parser *parser)
{
    parser->token = word_token(&parser->rest);
}

static int syntax_error(const struct parser *parser)
{
    struct slice text = parser->token.text;
    if (parser->token.kind == TOKEN_OPEN)
        fprintf(stderr, "sh: a quote is not closed: %.*s\n", (int)text.length, text.start);
    else if (parser->token.kind == TOKEN_UNKNOWN)
        fprintf(stderr, "sh: this shell does not know '%.*s'\n", (int)text.length, text.start);
    else if (parser->token.kind == TOKEN_END)
        fprintf(stderr, "sh: the line ends where a word should follow\n");
    else
        fprintf(stderr, "sh: '%.*s' is not expected here\n", (int)text.length, text.start);
    return -1;
}

/* Reads words and redirections, at least one. */
static int parse_command(struct parser *parser, struct command *command)
{
    struct word **last_word = &command->words;
    struct redirection **last_redirection = &command->redirections;
    for (;; advance(parser)) {
        enum token_kind kind = parser->token.kind;
        if (kind == TOKEN_WORD) {
            *last_word = word_allocate(sizeof(**last_word));
            (*last_word)->text = parser->token.text;
            last_word = &(*last_word)->next;
            command->word_count++;
        } else if (kind == TOKEN_LESS || kind == TOKEN_GREATER || kind == TOKEN_APPEND) {
            advance(parser);
            if (parser->token.kind != TOKEN_WORD)
                return syntax_error(parser);
            *last_redirection = word_allocate(sizeof(**last_redirection));
            (*last_redirection)->kind = kind;
            (*last_redirection)->path = parser->token.text;
            last_redirection = &(*last_redirection)->next;
        } else {
            break;
        }
    }
    return command->words || command->redirections ? 0 : syntax_error(parser);
}

static int parse_pipeline(struct parser *parser, struct pipeline *pipeline)
{
    struct command **last = &pipeline->commands;
    for (;;) {
        *last = word_allocate(sizeof(**last));
        if (parse_command(parser, *last) < 0)
            return -1;
        if (parser->token.kind != TOKEN_PIPE)
            return 0;
        advance(parser);
        last = &(*last)->next;
    }
}

int parse_line(const char *text, struct pipeline **line)
{
    struct parser parser = {.rest = text};
    struct pipeline **last = line;
    enum condition condition = ALWAYS;
    *line = NULL;
    advance(&parser);
    while (parser.token.kind != TOKEN_END || condition != ALWAYS) {
        *last = word_allocate(sizeof(**last));
        (*last)->condition = condition;
        if (parse_pipeline(&parser, *last) < 0)
            return -1;
        last = &(*last)->next;

        condition = ALWAYS;
        if (parser.token.kind == TOKEN_END)
            break;
        if (parser.token.kind == TOKEN_AND)
            condition = IF_SUCCEEDED;
        else if (parser.token.kind == TOKEN_OR)
            condition = IF_FAILED;
        else if (parser.token.kind != TOKEN_SEMICOLON)
            return syntax_error(&parser);
        advance(&parser);
    }
    return 0;
}

static void free_command(struct command *command)
{
    while (command->words) {
        struct word *word = command->words;
        command->words = word->next;
        free(word);
    }
    while (command->redirections) {
        struct redirection *redirection = command->redirections;
        command->redirections = redirection->next;
        free(redirection);
    }
    free(command);
}

void parse_free(struct pipeline *line)
{
    while (line) {
        struct pipeline *pipeline = line;
        line = pipeline->next;
        while (pipeline->commands) {
            struct command *command = pipeline->commands;
            pipeline->commands = command->next;
            free_command(command);
        }
        free(pipeline);
    }
}
