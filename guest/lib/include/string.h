/* Bytes and NUL-terminated text. */
#ifndef TRIVIUM_GUEST_LIB_STRING_H
#define TRIVIUM_GUEST_LIB_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);
void *memchr(const void *data, int byte, size_t size);

size_t strlen(const char *text);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t size);
char *strcpy(char *restrict to, const char *restrict from);
char *strchr(const char *text, int c);
char *strrchr(const char *text, int c);
char *strdup(const char *text);

/* The kernel's reason for an error number; never NULL. */
char *strerror(int number);

#endif
