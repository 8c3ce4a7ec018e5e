/*
 * fuzz_result.c: a libFuzzer target for result/: the input is a file that `trivium check' is given.
 *
 * Whatever it is, it is refused with a message of one line, or it becomes a model with all indices
 * in range, of which all laws can be asked, and which is written again as a file that can be read.
 *
 * Read next: mk/fuzz.mk.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "result/laws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise)
{
    if (!promise)
        abort();
}

static void report(void *context, const struct law *law, const char *place, const char *text)
{
    (void)context;
    require(law != NULL && place[0] != '\0' && text[0] != '\0');
}

static void require_refusal(const struct err *err)
{
    require(strncmp(err->text, "FILE: ", 6) == 0 && strchr(err->text, '\n') == NULL);
}

static void check_indices(const struct result *result)
{
    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];

        require(row->entry < RESULT_ROWS_MAX && row->used <= row->count &&
                row->first_used <= row->count - row->used);
        require(row->native.to <= result->row_count && row->same_kernel.to <= result->row_count &&
                row->rung.to <= result->row_count && row->explained.to <= result->row_count);
    }
    for (size_t i = 0; i < result->step_count; i++)
        require(result->steps[i].execution < result->execution_count);
}

/* What is derived anew and written is read as the same. */
static void write_and_read(struct result *result)
{
    json_t *json, *again;
    struct result copy;
    struct err err;
    char *text;

    result_derive(result);
    json = result_json(result);
    text = json_dumps(json, 0);
    require(text != NULL);
    if (result_parse(&copy, text, strlen(text), "FILE", &err) == 0) {
        again = result_json(&copy);
        require(json_equal(json, again) == 1);
        json_decref(again);
        result_fini(&copy);
    } else { /* a ratio of sound numbers may be unsound: 1e90 / 1e-90 */
        require(strstr(err.text, "below 1e100") != NULL || strstr(err.text, "[low, high]") != NULL);
    }
    free(text);
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct err err = {0};
    struct sysbench run;
    struct result result;

    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    if (sysbench_is(text)) {
        if (sysbench_parse(&run, text, "FILE", &err) == 0) {
            laws_check_sysbench(&run, report, NULL);
            laws_check_column(&run, 1, report, NULL);
        } else {
            require_refusal(&err);
        }
    } else if (result_parse(&result, text, size, "FILE", &err) < 0) {
        require_refusal(&err);
    } else {
        check_indices(&result);
        laws_check_result(&result, report, NULL);
        write_and_read(&result);
        result_fini(&result);
    }
    free(text);
    return 0;
}
