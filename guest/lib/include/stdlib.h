/* Memory, numbers, sorting, the environment and the end of the program. */
#ifndef TRIVIUM_GUEST_LIB_STDLIB_H
#define TRIVIUM_GUEST_LIB_STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void free(void *block);

/* Base 0 (as C writes it: 0x, 0, decimal) or 2..36. Out of range: the nearest limit and ERANGE. */
long strtol(const char *text, char **end, int base);
unsigned long strtoul(const char *text, char **end, int base);
int atoi(const char *text);

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));

char *getenv(const char *name);
int setenv(const char *name, const char *value, int overwrite);

/* Writes out stdout first. If that fails it says so and turns status 0 into 1: a program whose
 * output was lost has not succeeded. */
_Noreturn void exit(int status);
_Noreturn void abort(void);

#endif
