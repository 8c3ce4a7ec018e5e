/*
 * escape.h: any bytes as text inside XML, CSV and Markdown.
 *
 * What a report shows comes from programs and from files that somebody sent. None of it may become
 * markup, a formula of a spreadsheet, or a byte that makes the whole malformed: what is no UTF-8,
 * and control characters, become '?'.
 */
#ifndef TRIVIUM_CLI_ESCAPE_H
#define TRIVIUM_CLI_ESCAPE_H

#include <stdio.h>

/* Between tags and in quoted attributes, of HTML and of XML. NULL is nothing, in each of them. */
void escape_xml(FILE *file, const char *text);

/* A field with its quotes (RFC 4180). What would start a formula gets an apostrophe in front. */
void escape_csv(FILE *file, const char *text);

/* In a cell of a table. */
void escape_markdown(FILE *file, const char *text);

#endif
