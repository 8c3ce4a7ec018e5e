/*
 * doctor_class.c: `trivium doctor --class`: what a computer can run, as a block to paste into a
 * course's form; doctor.h.
 *
 * Nothing in it is measured, so computers that are alike print the same block, down to its hash;
 * and nothing in it says whose computer it is.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/text.h"
#include "cli/ways.h"
#include "lib/digest.h"

#define COLUMN     14 /* where texts begin, behind the name */
#define HASH_SHOWN 16 /* digits: enough to tell a class's computers apart */

static bool is_word(char letter)
{
    return isalnum((unsigned char)letter) || letter == '_' || letter == '-';
}

/* Puts `instead` for each `word` that stands alone. */
static void hide(char *text, size_t size, const char *word, const char *instead)
{
    size_t length = word == NULL ? 0 : strlen(word);
    char *at = text;

    while (length > 0 && (at = strstr(at, word)) != NULL) {
        char *rest = at + length;

        if ((at > text && is_word(at[-1])) || is_word(*rest)) {
            at++;
            continue;
        }
        if (strlen(text) - length + strlen(instead) >= size) {
            *at = '\0'; /* better too little than a name */
            return;
        }
        memmove(at + strlen(instead), rest, strlen(rest) + 1);
        memcpy(at, instead, strlen(instead));
        at += strlen(instead);
    }
}

static void print_text(FILE *file, const char *head, const char *text,
                       const struct doctor_names *names)
{
    char shown[DOCTOR_TEXT + TEXT_SIZE];

    snprintf(shown, sizeof shown, "%s", text);
    hide(shown, sizeof shown, names->host, "HOST");
    if (names->user != NULL && strcmp(names->user, "root") != 0) /* which is nobody's name */
        hide(shown, sizeof shown, names->user, "USER");
    fprintf(file, "%-*s", COLUMN, head);
    text_wrap(file, shown, COLUMN, COLUMN);
}

/* "kvm       ok (ring 0 emulated)", or why not, and what to do. */
static void print_way(FILE *file, const struct doctor_finding *finding,
                      const struct doctor_names *names)
{
    char name[TEXT_SIZE], text[DOCTOR_TEXT + TEXT_SIZE];
    size_t length = strcspn(finding->text, ":");
    const struct way *way;
    struct err ignored;

    snprintf(name, sizeof name, "%.*s", (int)length, finding->text);
    way = ways_find(name, &ignored);
    if (finding->level == DOCTOR_OK) {
        const char *remark = way != NULL && way->remark != NULL ? way->remark() : NULL;

        snprintf(text, sizeof text, remark != NULL ? "ok (%s)" : "ok", remark);
    } else {
        snprintf(text, sizeof text, "missing%s", finding->text + length);
    }
    print_text(file, name, text, names);
}

static void print_finding(FILE *file, const struct doctor_finding *finding,
                          const struct doctor_names *names)
{
    if (strcmp(finding->name, "way") == 0)
        print_way(file, finding, names);
    else if (finding->level == DOCTOR_PROBLEM || strcmp(finding->name, "system") == 0)
        print_text(file, finding->name, finding->text, names);
    else
        return;
    if (finding->fix[0] != '\0') {
        char fix[DOCTOR_TEXT + TEXT_SIZE];

        snprintf(fix, sizeof fix, "try: %s", finding->fix);
        print_text(file, "", fix, names);
    }
}

void doctor_print_class(FILE *file, const struct doctor *doctor, const struct doctor_names *names)
{
    char *block = NULL, hash[DIGEST_HEX_SIZE], limits[DOCTOR_TEXT];
    size_t size;
    FILE *lines = open_memstream(&block, &size);

    if (lines == NULL)
        err_die_oom();
    fprintf(lines, "%-*s%s\n", COLUMN, "trivium", TRIVIUM_VERSION);
    for (size_t i = 0; i < doctor->finding_count; i++)
        print_finding(lines, &doctor->findings[i], names);
    doctor_limits(doctor, limits);
    if (limits[0] != '\0')
        print_text(lines, "limits", limits, names);
    fclose(lines);
    digest_bytes(block, size, hash);
    fprintf(file, "%s%-*s%.*s\n", block, COLUMN, "hash", HASH_SHOWN, hash);
    free(block);
}
