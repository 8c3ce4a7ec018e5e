/*
 * doctor.h: the host's facts, judged: what is well, what to know, what is in the way and how to
 * mend it. Every result file carries this, so that a number is never without its host.
 */
#ifndef TRIVIUM_CLI_DOCTOR_H
#define TRIVIUM_CLI_DOCTOR_H

#include <jansson.h>
#include <stdio.h>

#include "ctr/container.h"
#include "kvm/probe.h"
#include "lib/host.h"

enum doctor_level {
    DOCTOR_OK,
    DOCTOR_NOTE,    /* good to know: it explains numbers */
    DOCTOR_PROBLEM, /* something will not work */
};

#define DOCTOR_TEXT         640
#define DOCTOR_FINDINGS_MAX 32

struct doctor_finding {
    const char *name; /* "cpu", "memory", ... */
    enum doctor_level level;
    char text[DOCTOR_TEXT];
    char fix[DOCTOR_TEXT]; /* empty: nothing to do */
};

/* A program of the host that Trivium, its build or its tests use. */
struct doctor_tool {
    const char *name;
    const char *needed_for;
    const char *package; /* Debian's name */
    bool required;       /* to build and run, not only to test */
    char path[256];      /* empty: it is not there */
    char version[DOCTOR_TEXT];
};

#define DOCTOR_TOOLS_MAX 16

struct doctor {
    struct host host;
    struct probe kvm;
    bool contains; /* a container could be made: `container`; else `container_err` says why not */
    struct container_trial container;
    struct err container_err;
    struct doctor_finding findings[DOCTOR_FINDINGS_MAX];
    size_t finding_count;
    struct doctor_tool tools[DOCTOR_TOOLS_MAX];
    size_t tool_count;
};

/* Looks at everything; takes a tenth of a second. */
struct doctor *doctor_new(void);
void doctor_free(struct doctor *doctor);

/* Fills in the tools: where they are and which version. All are asked at the same time. */
void doctor_find_tools(struct doctor *doctor);

/* Judges doctor->host and doctor->tools. Apart, so that it can be tested with made-up hosts. */
void doctor_judge(struct doctor *doctor);

void doctor_print(FILE *file, const struct doctor *doctor, bool colour);

/* Which limits control groups can set: "cpu (v1), memory (v1)"; empty: none, or no container. */
void doctor_limits(const struct doctor *doctor, char text[DOCTOR_TEXT]);

/* What must not be told about whose computer it is. Borrowed; NULL: unknown. */
struct doctor_names {
    const char *user, *host;
};

/*
 * For a course's form: system, ways, problems and what to do, with no measured number, and no
 * user's or host's name. The last line is the beginning of the SHA-256 of the lines before.
 */
void doctor_print_class(FILE *file, const struct doctor *doctor, const struct doctor_names *names);

/* trivium-doctor(1) describes the members. A new reference. */
json_t *doctor_json(const struct doctor *doctor);

#endif
