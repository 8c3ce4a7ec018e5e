/* json.h: what jansson leaves to its users. */
#ifndef TRIVIUM_LIB_JSON_H
#define TRIVIUM_LIB_JSON_H

#include <jansson.h>

/*
 * A string of any bytes. JSON knows Unicode only: if the text is not UTF-8, '?' stands for each
 * byte above 127. NULL becomes null. A new reference.
 */
json_t *json_text(const char *text);

/* An array of json_text(), of a NULL-terminated list. */
json_t *json_texts(char *const *texts);

#endif
