/*
 * text.h: how numbers and lines look to people.
 *
 * Each function that fills a buffer answers that buffer, so that calls can stand among printf's
 * arguments. TEXT_SIZE bytes are enough for any of them.
 */
#ifndef TRIVIUM_CLI_TEXT_H
#define TRIVIUM_CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_SIZE 48

/* "1,234,567" */
char *text_count(char buffer[TEXT_SIZE], uint64_t value);

/* Four significant digits, thousands separated: "12,345" "123.4" "1.234" "0.0123". */
char *text_number(char buffer[TEXT_SIZE], double value);

/* "x1.04" "x6.9" "x88"; "-" when it is not a positive number. */
char *text_ratio(char buffer[TEXT_SIZE], double ratio);

/* Binary units: "3.4 MiB". */
char *text_bytes(char buffer[TEXT_SIZE], uint64_t bytes);

/* "SIGSEGV, Segmentation fault" */
char *text_signal(char buffer[TEXT_SIZE], int signal_number);

/* Puts '?' for every control character, in place: what a program wrote shall not move our cursor.
 */
void text_make_printable(char *text);

/* How a line of a table or of the doctor is set off. Nothing is ever said by colour alone. */
enum text_style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_WARN, STYLE_BAD };

/* Whether `file` may get colours: a terminal that has them, and NO_COLOR is not set. */
bool text_wants_colour(FILE *file);

/* The escape sequences around styled text; empty strings when colour is false. */
const char *text_on(bool colour, enum text_style style);
const char *text_off(bool colour);

/*
 * Prints `text` broken into lines of at most 79 columns, the first of which starts at column
 * `column`; the others are indented by `indent`.
 */
void text_wrap(FILE *file, const char *text, int column, int indent);

#endif
