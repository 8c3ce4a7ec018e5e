/* json.h: what jansson leaves to its users. */
#ifndef TRIVIUM_CLI_JSON_H
#define TRIVIUM_CLI_JSON_H

#include <jansson.h>

#include "cli/output.h"

/*
 * A string of any bytes. JSON knows Unicode only: if the text is not UTF-8, '?' stands for each
 * byte above 127. NULL becomes null. A new reference.
 */
json_t *json_text(const char *text);

/* An array of json_text(), of a NULL-terminated list. */
json_t *json_texts(char *const *texts);

/* Writes the value, readably, and commits the file. The value is taken over. */
int json_write(json_t *value, struct output_file *output, struct err *err);

#endif
