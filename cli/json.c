/* json.c: see json.h. */
#include "cli/json.h"

#include <assert.h>

int json_write(json_t *value, struct output_file *output, struct err *err)
{
    assert(value != NULL);
    json_dumpf(value, output->file, JSON_INDENT(2));
    fputc('\n', output->file);
    json_decref(value);
    return output_commit(output, err);
}
