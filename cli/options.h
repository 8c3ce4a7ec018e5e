/* options.h: values that several commands take on their command lines. */
#ifndef TRIVIUM_CLI_OPTIONS_H
#define TRIVIUM_CLI_OPTIONS_H

#include <argp.h>
#include <stdint.h>

/* Each ends the program with a message when the text is no such number: "1.5", "5", "64M". */
double option_seconds(struct argp_state *state, const char *name, const char *text);
double option_number(struct argp_state *state, const char *name, const char *text, double most);
unsigned option_count(struct argp_state *state, const char *name, const char *text, unsigned most);
uint64_t option_bytes(struct argp_state *state, const char *name, const char *text, uint64_t least,
                      uint64_t most);

/* "120x40": columns and lines of a grid (view/grid.h). */
void option_cells(struct argp_state *state, const char *name, const char *text, int *width,
                  int *height);

#endif
