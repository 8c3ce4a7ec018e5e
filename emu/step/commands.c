/* commands.c: the table of commands, and what each does; see commands.h. */
#include "emu/step/commands.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emu/step/breakpoints.h"
#include "emu/step/plain.h"

enum { WORDS = 4, ANY_WORDS = 1000 };

/* A line, taken apart. */
struct words {
    char text[COMMAND_LENGTH];
    char *word[WORDS + 1]; /* the command, then what is said to it; NULL: no more */
};

struct context {
    struct step *step;
    const char *rest; /* of the line, behind the command, as it was typed */
    FILE *out;
    struct err *err;
};

typedef enum command_result perform(const struct context *context, char *const *words);

static perform do_step, do_back, do_run, do_goto, do_break, do_watch, do_delete, do_type, do_where,
    do_source, do_registers, do_block, do_phase, do_op, do_host, do_cache, do_chains, do_counters,
    do_events, do_history, do_hash, do_help, do_quit;

static const struct {
    const char *name, *brief, *arguments, *meaning;
    unsigned words; /* at most so many arguments */
    perform *function;
} commands[] = {
    {"step", "s", "[LEVEL] [N]",
     "on by N of a level: insn (that is meant without one), block, event; phase, op, host", 2,
     do_step},
    {"back", "b", "[LEVEL] [N]", "the same back; `back run' to the last breakpoint", 2, do_back},
    {"run", "r", "", "on to the next breakpoint, or the end", 0, do_run},
    {"goto", "g", "POSITION", "to that position, ahead or back; 0 is the start", 1, do_goto},
    {"break", "k", "[PLACE | event KIND | syscall [NAME]]",
     "let `run' stop at FUNCTION, FUNCTION+N, FILE:LINE or an address, where such an event happens, "
     "or at a system call; without one: list them",
     2, do_break},
    {"watch", "a", "REGISTER | ADDRESS[:SIZE] [VALUE]",
     "let `run' stop where a register or memory (1, 2, 4 or 8 bytes) changes, or becomes VALUE", 2,
     do_watch},
    {"delete", "d", "N | all", "forget a breakpoint, by its number", 1, do_delete},
    {"type", "i", "TEXT", "type a line to the machine; it is read where it has never been yet",
     ANY_WORDS, do_type},
    {"where", "w", "", "where we are", 0, do_where},
    {"source", "v", "[N | FILE:LINE]", "N lines of source around where we are (9), or around one",
     1, do_source},
    {"registers", "x", "", "all registers; * marks what the last move has changed", 0,
     do_registers},
    {"block", "l", "", "the current block: guest code, phases, exits", 0, do_block},
    {"phase", "p", "[N | all]", "what a phase of its translation has made", 1, do_phase},
    {"op", "o", "", "the operation of the IR that is looked at", 0, do_op},
    {"host", "t", "", "the host instruction that is looked at, and what executing it changes", 0,
     do_host},
    {"cache", "c", "", "the code cache", 0, do_cache},
    {"chains", "n", "[N]", "the last N blocks, and where they lead (10)", 1, do_chains},
    {"counters", "u", "", "what the translator has counted, and the events", 0, do_counters},
    {"events", "e", "[N]", "the last N events (10)", 1, do_events},
    {"history", "y", "", "what is kept to go back", 0, do_history},
    {"hash", "m", "", "a number that is the same for the same state", 0, do_hash},
    {"help", "h", "", "this list", 0, do_help},
    {"quit", "q", "", "end", 0, do_quit},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static enum command_result wrong(const struct context *context, const char *what, const char *word)
{
    err_set(context->err, "%s '%s'", what, word);
    return COMMAND_WRONG;
}

/* How a move went, and where it led. */
static enum command_result tell(const struct context *context, enum step_result result)
{
    switch (result) {
    case STEP_FAILED: return COMMAND_WRONG;
    case STEP_NOWHERE: fputs("  there is nothing in that direction\n", context->out); break;
    case STEP_LIMIT:
        fputs("  nothing has stopped it so far; `run' goes on\n", context->out);
        plain_move(context->out, context->step);
        break;
    case STEP_DONE:
    case STEP_ENDED: plain_move(context->out, context->step); break;
    }
    return COMMAND_DONE;
}

/* Moves by so many of what `move` does, as long as it goes on. */
static enum command_result repeat(const struct context *context, uint64_t count,
                                  enum step_result (*move)(struct step *, struct err *))
{
    struct step *step = context->step;
    struct hart before = *step_hart(step);
    struct event_totals totals = step->history->totals;
    enum step_result result = STEP_DONE;

    for (uint64_t i = 0; i < count && result == STEP_DONE; i++)
        result = move(step, context->err);
    if (count > 1) { /* what has changed is what all of them have */
        step->before = before;
        step->before_totals = totals;
    }
    return tell(context, result);
}

static enum step_result any_event(struct step *step, struct err *err)
{
    return step_event(step, (1U << EVENT_KIND_COUNT) - 1, err);
}

static enum step_result any_event_back(struct step *step, struct err *err)
{
    return step_event_back(step, (1U << EVENT_KIND_COUNT) - 1, err);
}

/* Host instructions: really executed, but elsewhere (host.h). */
static enum command_result look_at_host(const struct context *context, uint64_t count, bool back)
{
    enum step_result result = STEP_DONE;

    for (uint64_t i = 0; i < count && result == STEP_DONE; i++)
        result = step_host(context->step, back, context->err);
    if (result == STEP_FAILED)
        return COMMAND_WRONG;
    if (result == STEP_NOWHERE && context->step->trace.states != NULL)
        fputs(back ? "  this is where the block begins\n" : "  this is where the block is left\n",
              context->out);
    else
        plain_host(context->out, context->step);
    return COMMAND_DONE;
}

/* Within the translation: nothing moves in the machine. */
static enum command_result look(const struct context *context, uint64_t count, bool back,
                                enum step_result (*move)(struct step *, bool),
                                void (*show)(FILE *, struct step *))
{
    enum step_result result = STEP_DONE;

    for (uint64_t i = 0; i < count && result == STEP_DONE; i++)
        result = move(context->step, back);
    if (result == STEP_NOWHERE)
        fputs(back ? "  this is where its translation begins\n"
                   : "  this is where its translation ends: it is run now\n",
              context->out);
    else
        show(context->out, context->step);
    return COMMAND_DONE;
}

static enum command_result move(const struct context *context, char *const *words, bool back)
{
    const char *level = words[1] != NULL ? words[1] : "insn";
    const char *number = words[1] != NULL ? words[2] : NULL;
    uint64_t count = 1;

    if (isdigit((unsigned char)level[0])) {
        number = level;
        level = "insn";
        if (words[2] != NULL)
            return wrong(context, "a number comes last, not", words[2]);
    }
    if (number != NULL && !breakpoint_number(number, &count))
        return wrong(context, "how many is a number, not", number);
    if (strcmp(level, "insn") == 0)
        return tell(context, back ? step_insns_back(context->step, count, context->err)
                                  : step_insns(context->step, count, context->err));
    if (strcmp(level, "block") == 0)
        return repeat(context, count, back ? step_block_back : step_block);
    if (strcmp(level, "event") == 0)
        return repeat(context, count, back ? any_event_back : any_event);
    if (strcmp(level, "phase") == 0)
        return look(context, count, back, step_phase, plain_phase);
    if (strcmp(level, "op") == 0)
        return look(context, count, back, step_op, plain_op);
    if (strcmp(level, "host") == 0)
        return look_at_host(context, count, back);
    if (back && strcmp(level, "run") == 0)
        return repeat(context, count, step_run_back);
    return wrong(context, "a level is insn, block, event, phase, op or host, not", level);
}

static enum command_result do_step(const struct context *context, char *const *words)
{
    return move(context, words, false);
}

static enum command_result do_back(const struct context *context, char *const *words)
{
    return move(context, words, true);
}

static enum command_result do_run(const struct context *context, char *const *words)
{
    (void)words;
    return tell(context, step_run(context->step, context->err));
}

static enum command_result do_goto(const struct context *context, char *const *words)
{
    uint64_t position;

    if (words[1] == NULL || !breakpoint_number(words[1], &position))
        return wrong(context, "a position is a number, not", words[1] != NULL ? words[1] : "");
    return tell(context, step_go(context->step, position, context->err));
}

/* What a breakpoint was said to be: what there is now, or what is wrong. */
static enum command_result tell_break(const struct context *context, int answer)
{
    if (answer < 0)
        return COMMAND_WRONG;
    breakpoints_print(context->out, context->step);
    return COMMAND_DONE;
}

static enum command_result do_break(const struct context *context, char *const *words)
{
    struct step *step = context->step;

    if (words[1] == NULL)
        return tell_break(context, 0);
    if (strcmp(words[1], "event") == 0)
        return tell_break(context, breakpoint_event(step, words[2], context->err));
    if (strcmp(words[1], "syscall") == 0)
        return tell_break(context, breakpoint_syscall(step, words[2], context->err));
    if (words[2] != NULL)
        return wrong(context, "there is nothing to do with", words[2]);
    return tell_break(context, breakpoint_at(step, words[1], context->err));
}

static enum command_result do_watch(const struct context *context, char *const *words)
{
    if (words[1] == NULL)
        return wrong(context, "what is to be watched? a register, or ADDRESS[:SIZE], not", "");
    return tell_break(context, breakpoint_change(context->step, words[1], words[2], context->err));
}

static enum command_result do_delete(const struct context *context, char *const *words)
{
    struct step *step = context->step;
    uint64_t number;

    if (words[1] != NULL && strcmp(words[1], "all") == 0) {
        breakpoint_delete_all(step);
        return COMMAND_DONE;
    }
    if (words[1] == NULL || !breakpoint_number(words[1], &number) || number < 1 ||
        number > step->break_count)
        return wrong(context, "there is no breakpoint", words[1] != NULL ? words[1] : "");
    breakpoint_delete(step, (unsigned)number - 1);
    return COMMAND_DONE;
}

static enum command_result do_type(const struct context *context, char *const *words)
{
    (void)words;
    if (step_type(context->step, context->rest, context->err) < 0)
        return COMMAND_WRONG;
    return COMMAND_DONE;
}

static enum command_result do_source(const struct context *context, char *const *words)
{
    char file[LINE_FILE_MAX];
    uint64_t count = 9;
    unsigned line;

    if (words[1] != NULL && lines_parse(words[1], file, &line)) {
        plain_source(context->out, context->step, file, line, (unsigned)count);
        return COMMAND_DONE;
    }
    if (words[1] != NULL && (!breakpoint_number(words[1], &count) || count == 0))
        return wrong(context, "how many lines, or FILE:LINE, not", words[1]);
    plain_source(context->out, context->step, NULL, 0, count < 1000 ? (unsigned)count : 1000);
    return COMMAND_DONE;
}

static enum command_result do_where(const struct context *context, char *const *words)
{
    (void)words;
    plain_where(context->out, context->step);
    return COMMAND_DONE;
}

static enum command_result do_registers(const struct context *context, char *const *words)
{
    (void)words;
    plain_registers(context->out, context->step);
    return COMMAND_DONE;
}

static enum command_result do_block(const struct context *context, char *const *words)
{
    (void)words;
    plain_block(context->out, context->step);
    return COMMAND_DONE;
}

static enum command_result do_phase(const struct context *context, char *const *words)
{
    struct step *step = context->step;
    const struct kept *kept = step_kept(step);
    unsigned count = kept != NULL ? kept->count : 0;
    uint64_t number = step->phase;

    if (words[1] != NULL && strcmp(words[1], "all") == 0) {
        for (unsigned i = 0; i < count; i++) {
            step->phase = i;
            plain_phase(context->out, step);
        }
        step->phase = 0;
        return COMMAND_DONE;
    }
    if (words[1] != NULL && (!breakpoint_number(words[1], &number) || number >= count))
        return wrong(context, "there is no phase", words[1]);
    step->phase = (unsigned)number;
    step->op = 0;
    plain_phase(context->out, step);
    return COMMAND_DONE;
}

static enum command_result do_op(const struct context *context, char *const *words)
{
    (void)words;
    plain_op(context->out, context->step);
    return COMMAND_DONE;
}

static enum command_result do_host(const struct context *context, char *const *words)
{
    (void)words;
    plain_host(context->out, context->step);
    return COMMAND_DONE;
}

static enum command_result do_cache(const struct context *context, char *const *words)
{
    (void)words;
    plain_cache(context->out, context->step);
    return COMMAND_DONE;
}

/* What is said to a command that shows the last so many of something. */
static bool take_count(const struct context *context, const char *word, uint64_t *count)
{
    *count = 10;
    if (word == NULL || breakpoint_number(word, count))
        return true;
    wrong(context, "how many is a number, not", word);
    return false;
}

static enum command_result do_chains(const struct context *context, char *const *words)
{
    uint64_t count;

    if (!take_count(context, words[1], &count))
        return COMMAND_WRONG;
    plain_chains(context->out, context->step, count < UINT32_MAX ? (uint32_t)count : UINT32_MAX);
    return COMMAND_DONE;
}

static enum command_result do_counters(const struct context *context, char *const *words)
{
    (void)words;
    plain_counters(context->out, context->step);
    return COMMAND_DONE;
}

static enum command_result do_events(const struct context *context, char *const *words)
{
    uint64_t count;

    if (!take_count(context, words[1], &count))
        return COMMAND_WRONG;
    plain_events(context->out, context->step, count);
    return COMMAND_DONE;
}

static enum command_result do_history(const struct context *context, char *const *words)
{
    (void)words;
    plain_history(context->out, context->step);
    return COMMAND_DONE;
}

static enum command_result do_hash(const struct context *context, char *const *words)
{
    (void)words;
    fprintf(context->out, "  0x%016" PRIx64 "\n", history_hash(context->step->history));
    return COMMAND_DONE;
}

static enum command_result do_help(const struct context *context, char *const *words)
{
    (void)words;
    for (unsigned i = 0; i < COMMANDS; i++)
        fprintf(context->out, "  %s, %-9s %-20s  %s\n", commands[i].brief, commands[i].name,
                commands[i].arguments, commands[i].meaning);
    return COMMAND_DONE;
}

static enum command_result do_quit(const struct context *context, char *const *words)
{
    (void)context, (void)words;
    return COMMAND_QUIT;
}

/* *more: there were too many. */
static void take_apart(struct words *words, const char *line, bool *more)
{
    unsigned count = 0;
    char *rest;

    *more = false;
    memset(words, 0, sizeof *words);
    strncpy(words->text, line, sizeof words->text - 1);
    for (char *word = strtok_r(words->text, " \t\r", &rest); word != NULL && !*more;
         word = strtok_r(NULL, " \t\r", &rest)) {
        *more = count == WORDS;
        if (!*more)
            words->word[count++] = word;
    }
}

/* COMMANDS: there is none of that name. */
static unsigned find_command(const char *name)
{
    unsigned i = 0;

    while (i < COMMANDS && strcmp(name, commands[i].name) != 0 &&
           strcmp(name, commands[i].brief) != 0)
        i++;
    return i;
}

enum command_result command_perform(struct step *step, const char *line, FILE *out, struct err *err)
{
    struct context context = {.step = step, .out = out, .err = err};
    struct words words;
    unsigned number;
    bool more;

    line += strspn(line, " \t\r");
    if (*line == '\0' || *line == '#')
        return COMMAND_DONE;
    take_apart(&words, line, &more);
    number = find_command(words.word[0]);
    if (strlen(line) >= COMMAND_LENGTH ||
        (more && (number == COMMANDS || commands[number].words != ANY_WORDS))) {
        err_set(err, "that is no command: it is too long");
        return COMMAND_WRONG;
    }
    if (number == COMMANDS) {
        wrong(&context, "there is no command", words.word[0]);
        err_hint(err, "help");
        return COMMAND_WRONG;
    }
    context.rest = line + strcspn(line, " \t\r");
    context.rest += strspn(context.rest, " \t\r");
    if (commands[number].words < WORDS && words.word[commands[number].words + 1] != NULL)
        return wrong(&context, "there is nothing to do with",
                     words.word[commands[number].words + 1]);
    return commands[number].function(&context, words.word);
}

int command_run_all(struct step *step, const struct command_source *source, FILE *out,
                    struct err *err)
{
    enum command_result result = COMMAND_DONE;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    for (unsigned number = 1; result != COMMAND_QUIT; number++) {
        struct err wrong_line = {0};

        if (source->prompt) {
            fputs("step> ", out);
            fflush(out);
        }
        length = getline(&line, &size, source->file);
        if (length < 0)
            break;
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (source->echo && line[0] != '\0')
            fprintf(out, "> %.*s\n", COMMAND_LENGTH, line);
        result = command_perform(step, line, out, &wrong_line);
        fflush(out);
        if (result != COMMAND_WRONG)
            continue;
        if (source->stop_at_error) {
            *err = wrong_line;
            err_wrap(err, "%s:%u", source->name, number);
            free(line);
            return -1;
        }
        fprintf(out, "  error: %s\n", wrong_line.text);
    }
    free(line);
    return 0;
}
