/* json.h: JSON as output of the command. */
#ifndef TRIVIUM_CLI_JSON_H
#define TRIVIUM_CLI_JSON_H

#include "cli/output.h"
#include "lib/json.h"

/* Writes the value, readably, and commits the file. The value is taken over. */
int json_write(json_t *value, struct output_file *output, struct err *err);

#endif
