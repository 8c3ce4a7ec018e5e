/* Command line options, the same way in every program: a table says which there are, and --help and
 * the error messages are made from it.
 *
 * Understood: --name VALUE, --name=VALUE, -x VALUE, -xVALUE, flags -ab together, and "--", which
 * ends the options. The first argument that is no option ends them too. "-" and "-5" are no
 * options.
 */
#ifndef TRIVIUM_GUEST_BIN_OPTIONS_H
#define TRIVIUM_GUEST_BIN_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

enum option_kind {
    OPTION_FLAG,    /* value: bool, set to true */
    OPTION_NUMBER,  /* value: uint64_t, checked against least and most */
    OPTION_SECONDS, /* value: uint64_t in nanoseconds, written as "10" or "0.25" */
    OPTION_TEXT,    /* value: const char * */
};

struct option {
    const char *name; /* without "--"; NULL if there is only a letter */
    char letter;      /* 0 if there is only a name */
    enum option_kind kind;
    void *value;
    const char *argument; /* what --help calls the value; NULL for a flag */
    const char *help;
    uint64_t least;
    uint64_t most;
};

struct program {
    const char *name;
    const char *operands; /* as --help shows them, e.g. "START END" */
    const char *summary;
    const char *notes; /* what else --help should say, or NULL */
    const struct option *options;
    size_t option_count;
};

/* Reads the options and returns the index in argv of the first operand. --help prints and exits 0;
 * a mistake is reported and exits 2. */
int options_parse(const struct program *program, int argc, char **argv);

/* Reads a whole text as a decimal integer in least..most. Returns 0, or -1 for anything else. */
int options_number(const char *text, uint64_t least, uint64_t most, uint64_t *value);

/* Reports "program: message: what" and how to get help; exits 2. */
_Noreturn void options_fail(const struct program *program, const char *message, const char *what);

#endif
