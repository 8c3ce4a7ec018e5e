/* commands.c: the table of commands, and what each does; see commands.h. */
#include "emu/step/commands.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emu/step/plain.h"

enum { WORDS = 4 };

/* A line, taken apart. */
struct words {
    char text[COMMAND_LENGTH];
    char *word[WORDS + 1]; /* the command, then what is said to it; NULL: no more */
};

struct context {
    struct step *step;
    FILE *out;
    struct err *err;
};

typedef enum command_result perform(const struct context *context, char *const *words);

static perform do_step, do_back, do_run, do_goto, do_break, do_delete, do_where, do_registers,
    do_block, do_phase, do_op, do_host, do_cache, do_chains, do_counters, do_events, do_history,
    do_hash, do_help, do_quit;

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
    {"break", "k", "[PLACE | event KIND]",
     "let `run' stop at FUNCTION, FUNCTION+N or an address, or where such an event happens; "
     "without one: list them",
     2, do_break},
    {"delete", "d", "N | all", "forget a breakpoint, by its number", 1, do_delete},
    {"where", "w", "", "where we are", 0, do_where},
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

/* A number that is all of the word. */
static bool parse_number(const char *word, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(word, &end, 0);
    return isdigit((unsigned char)word[0]) && *end == '\0' && errno == 0;
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
    if (number != NULL && !parse_number(number, &count))
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

    if (words[1] == NULL || !parse_number(words[1], &position))
        return wrong(context, "a position is a number, not", words[1] != NULL ? words[1] : "");
    return tell(context, step_go(context->step, position, context->err));
}

static enum command_result list_breaks(const struct context *context)
{
    const struct step *step = context->step;

    for (unsigned i = 0; i < step->break_count; i++)
        fprintf(context->out, "  %u: %s, 0x%" PRIx64 "\n", i + 1, step->breaks[i].name,
                step->breaks[i].pc);
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        if ((step->break_events >> kind & 1) != 0)
            fprintf(context->out, "  event %s\n", event_name((enum event_kind)kind));
    }
    if (step->break_count == 0 && step->break_events == 0)
        fputs("  there is none\n", context->out);
    return COMMAND_DONE;
}

static enum command_result break_at_event(const struct context *context, const char *name)
{
    char names[256] = "an event is";

    for (unsigned kind = 0; name != NULL && kind < EVENT_KIND_COUNT; kind++) {
        if (strcmp(event_name((enum event_kind)kind), name) == 0) {
            context->step->break_events |= 1U << kind;
            fprintf(context->out, "  run stops at the event %s\n", name);
            return COMMAND_DONE;
        }
    }
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        size_t used = strlen(names);

        snprintf(names + used, sizeof names - used, "%s %s", kind == 0 ? "" : ",",
                 event_name((enum event_kind)kind));
    }
    strncat(names, "; not", sizeof names - strlen(names) - 1);
    return wrong(context, names, name != NULL ? name : "");
}

/* FUNCTION, FUNCTION+N, or a number. */
static bool find_place(const struct step *step, const char *place, uint64_t *pc)
{
    const char *plus = strchr(place, '+');
    size_t length = plus != NULL ? (size_t)(plus - place) : strlen(place);
    char name[COMMAND_LENGTH];
    uint64_t offset = 0;

    if (parse_number(place, pc))
        return true;
    if (plus != NULL && !parse_number(plus + 1, &offset))
        return false;
    memcpy(name, place, length);
    name[length] = '\0';
    if (step->symbols == NULL || !elf_symbols_address(step->symbols, name, pc))
        return false;
    *pc += offset;
    return true;
}

static enum command_result do_break(const struct context *context, char *const *words)
{
    struct step *step = context->step;
    struct breakpoint *at = &step->breaks[step->break_count];
    uint64_t pc;

    if (words[1] == NULL)
        return list_breaks(context);
    if (strcmp(words[1], "event") == 0)
        return break_at_event(context, words[2]);
    if (!find_place(step, words[1], &pc))
        return wrong(context, "there is no function or address", words[1]);
    if (step->break_count == STEP_BREAKS)
        return wrong(context, "there are too many breakpoints for", words[1]);
    at->pc = pc;
    snprintf(at->name, sizeof at->name, "%.60s", words[1]);
    step->break_count++;
    fprintf(context->out, "  %u: %s, 0x%" PRIx64 "\n", step->break_count, at->name, pc);
    return COMMAND_DONE;
}

static enum command_result do_delete(const struct context *context, char *const *words)
{
    struct step *step = context->step;
    uint64_t number;

    if (words[1] != NULL && strcmp(words[1], "all") == 0) {
        step->break_count = 0;
        step->break_events = 0;
        return COMMAND_DONE;
    }
    if (words[1] == NULL || !parse_number(words[1], &number) || number < 1 ||
        number > step->break_count)
        return wrong(context, "there is no breakpoint", words[1] != NULL ? words[1] : "");
    step->break_count--;
    memmove(&step->breaks[number - 1], &step->breaks[number],
            (step->break_count - (number - 1)) * sizeof *step->breaks);
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
    if (words[1] != NULL && (!parse_number(words[1], &number) || number >= count))
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
    if (word == NULL || parse_number(word, count))
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

/* False: there are too many. */
static bool take_apart(struct words *words, const char *line)
{
    unsigned count = 0;
    char *rest;

    memset(words, 0, sizeof *words);
    strncpy(words->text, line, sizeof words->text - 1);
    for (char *word = strtok_r(words->text, " \t\r", &rest); word != NULL;
         word = strtok_r(NULL, " \t\r", &rest)) {
        if (count == WORDS)
            return false;
        words->word[count++] = word;
    }
    return true;
}

enum command_result command_perform(struct step *step, const char *line, FILE *out, struct err *err)
{
    const struct context context = {.step = step, .out = out, .err = err};
    struct words words;

    line += strspn(line, " \t\r");
    if (*line == '\0' || *line == '#')
        return COMMAND_DONE;
    if (strlen(line) >= COMMAND_LENGTH || !take_apart(&words, line)) {
        err_set(err, "that is no command: it is too long");
        return COMMAND_WRONG;
    }
    for (unsigned i = 0; i < COMMANDS; i++) {
        if (strcmp(words.word[0], commands[i].name) != 0 &&
            strcmp(words.word[0], commands[i].brief) != 0)
            continue;
        if (words.word[commands[i].words + 1] != NULL)
            return wrong(&context, "there is nothing to do with",
                         words.word[commands[i].words + 1]);
        return commands[i].function(&context, words.word);
    }
    wrong(&context, "there is no command", words.word[0]);
    err_hint(err, "help");
    return COMMAND_WRONG;
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
