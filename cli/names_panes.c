/* names_panes.c: the panes that show a container's record; see names.h. */
#include "cli/names.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/text.h"
#include "view/console.h"

/* Writes line after line; the first may lie above the area. */
struct pen {
    struct area area;
    int y;
};

static void line(struct pen *pen, enum role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void line(struct pen *pen, enum role role, const char *format, ...)
{
    char text[CTR_RECORD_TEXT];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    area_cut(pen->area, 0, pen->y++, pen->area.width, role, text);
}

/* Below one another, where it does not fit into one line. */
static void paragraph(struct pen *pen, enum role role, const char *text)
{
    pen->y = area_wrap(pen->area, pen->y, role, text);
}

/* "123" or "-" */
static const char *number_text(char text[24], uint64_t number)
{
    if (number == 0)
        return "-";
    snprintf(text, 24, "%" PRIu64, number);
    return text;
}

static const char *standing(const struct names_state *state, enum ctr_name name)
{
    uint64_t number = names_number(state, name);

    if (state->life == NAMES_NOT_YET)
        return "none";
    if (state->life == NAMES_GONE)
        return names_has(state->record->names, name) ? "gone" : "shared";
    if (number == 0)
        return "unseen";
    return number == state->record->host.names[name] ? "shared" : "own";
}

/* Has it become another by the step that this moment is of? */
static bool is_new(const struct names_state *state, enum ctr_name name)
{
    struct names_state before;

    if (state->at == 0)
        return false;
    names_state(&before, state->record, state->at - 1);
    return strcmp(standing(&before, name), standing(state, name)) != 0;
}

/*
 *     namespace  on the host  in there    what it means now
 *   * uts        4026531838   4026532179  own     it is called box, the host vm
 */
void names_draw_namespaces(struct area area, const struct names_state *state, int scroll)
{
    struct pen pen = {area, -scroll};
    bool wide = area.width >= 66;

    line(&pen, ROLE_DIM, "  %-7s%-12s%-12s%-8s%s", "", "on the host", "in there", "",
         wide ? "what that means" : "");
    for (unsigned i = 0; i < NAME_COUNT; i++) {
        enum ctr_name name = (enum ctr_name)i;
        const char *how = standing(state, name);
        bool own = strcmp(how, "own") == 0, changed = is_new(state, name);
        uint64_t number = state->life == NAMES_THERE ? names_number(state, name) : 0;
        char here[24], there[24], meaning[CTR_RECORD_TEXT];

        names_meaning(state, name, meaning, sizeof meaning);
        area_text(pen.area, 0, pen.y, ROLE_WARN, changed ? "*" : " ");
        area_print(pen.area, 2, pen.y,
                   changed ? ROLE_WARN
                   : own   ? ROLE_STRONG
                           : ROLE_TEXT,
                   "%-7s%-12s%-12s%s", name_rows[i].link,
                   number_text(here, state->record->host.names[i]), number_text(there, number),
                   how);
        if (!wide)
            area_cut(pen.area, 6, ++pen.y, area.width - 6, ROLE_DIM, meaning);
        else
            area_cut(pen.area, 41, pen.y, area.width - 41, own ? ROLE_TEXT : ROLE_DIM, meaning);
        pen.y++;
    }
}

/* The moment that wrote the file is not after this one. */
static bool is_written(const struct names_state *state, unsigned file)
{
    for (unsigned i = 0; i <= state->at; i++) {
        if (state->record->moments[i].file == (int)file)
            return true;
    }
    return false;
}

/* "memory.max    asked 65536     says 65536   =" */
static void draw_file(struct pen *pen, const struct names_state *state, unsigned number)
{
    const struct ctr_record_file *file = &state->record->files[number];
    const char *name = strrchr(file->path, '/') + 1, *now = state->moment->now[number];
    bool gone = now[0] == '\0', written = is_written(state, number);
    bool same = strcmp(now, file->asked) == 0;

    if (!written)
        line(pen, ROLE_DIM, "  %-27s not written yet", name);
    else if (gone)
        line(pen, ROLE_DIM, "  %-27s %-10s gone", name, file->asked);
    else
        line(pen, same ? ROLE_TEXT : ROLE_BAD, "  %-27s %-10s %-10s %s", name, file->asked, now,
             same                    ? "same"
             : pen->area.width >= 66 ? "NOT AS CLAIMED"
                                     : "OTHER");
}

static void draw_used(struct pen *pen, const struct names_state *state, enum control control)
{
    long long used = state->moment->used[control];
    char text[TEXT_SIZE];

    if (used < 0)
        return;
    text_count(text, (uint64_t)used);
    switch (control) {
    case CONTROL_CPU: line(pen, ROLE_TEXT, "  now: stood still in %s periods", text); break;
    case CONTROL_MEMORY: line(pen, ROLE_TEXT, "  now: %s bytes in use", text); break;
    case CONTROL_PIDS: line(pen, ROLE_TEXT, "  now: %s processes in it", text); break;
    case CONTROL_CPUSET:
    case CONTROL_COUNT: break;
    }
}

/* The folder, by its end, which is what differs. */
static void draw_folder(struct pen *pen, const struct ctr_record_file *file)
{
    int length = (int)(strrchr(file->path, '/') - file->path), room = pen->area.width - 4;
    const char *cut = file->path;

    if (length > room && room > 0)
        cut += length - room;
    line(pen, ROLE_DIM, "  %s%.*s", cut == file->path ? "" : "…", length - (int)(cut - file->path),
         cut);
}

static const char *const unlimited[CONTROL_COUNT] = {
    [CONTROL_CPU] = "any share of the host's processors",
    [CONTROL_MEMORY] = "as much as the host has",
    [CONTROL_PIDS] = "as many as the host has numbers for",
    [CONTROL_CPUSET] = "any of the host's processors",
};

static void draw_control(struct pen *pen, const struct names_state *state, enum control control)
{
    const struct ctr_record *record = state->record;
    const struct limit_report *report = &record->limits[control];
    char text[LIMIT_TEXT + 64];
    int first = -1;

    for (unsigned i = record->file_count; i-- > 0;) {
        if (record->files[i].control == control)
            first = (int)i;
    }
    if (first < 0 || !report->set) {
        bool failed = report->asked || report->reason[0] != '\0';

        snprintf(text, sizeof text, "%-7s %s: %s", control_names[control],
                 report->asked ? "CLAIMED, NOT ENFORCED" : "NOT limited", unlimited[control]);
        paragraph(pen, failed ? ROLE_BAD : ROLE_DIM, text);
        if (report->reason[0] != '\0')
            paragraph(pen, ROLE_BAD, report->reason);
        return;
    }
    snprintf(text, sizeof text, "%-7s claimed: %s; by cgroup version %d", control_names[control],
             report->claimed, record->files[first].version);
    paragraph(pen, ROLE_STRONG, text);
    draw_folder(pen, &record->files[first]);
    for (unsigned i = 0; i < record->file_count; i++) {
        if (record->files[i].control == control)
            draw_file(pen, state, i);
    }
    if (state->life != NAMES_GONE) {
        draw_used(pen, state, control);
        return;
    }
    line(pen, ROLE_STRONG, "  enforced: %s", report->enforced);
    if (report->did[0] != '\0')
        line(pen, ROLE_STRONG, "  measured: %s", report->did);
}

void names_draw_cgroup(struct area area, const struct names_state *state, int scroll)
{
    struct pen pen = {area, -scroll};

    line(&pen, ROLE_DIM, "  %-27s %-10s %s", "file", "claimed", "the file says");
    for (unsigned i = 0; i < CONTROL_COUNT; i++)
        draw_control(&pen, state, (enum control)i);
    line(&pen, ROLE_DIM, "Nothing here limits disk, network, or time in the kernel.");
}

/* Columns of the identity. */
struct columns {
    struct pen *pen;
    int label, width;
};

static void row(const struct columns *at, const char *label, const char *inside,
                const char *outside, const char *host)
{
    const char *texts[] = {inside, outside, host};
    struct pen *pen = at->pen;

    area_text(pen->area, 0, pen->y, ROLE_DIM, label);
    for (int i = 0; i < 3; i++) {
        bool differs = i == 0 && strcmp(inside, "-") != 0 && strcmp(inside, host) != 0;

        area_cut(pen->area, at->label + i * at->width, pen->y, at->width - 1,
                 differs ? ROLE_STRONG : ROLE_TEXT, texts[i]);
    }
    pen->y++;
}

/* A member of a sight as text; "-": not seen. */
enum member {
    MEMBER_PID,
    MEMBER_UID,
    MEMBER_ROOT,
    MEMBER_MOUNTS,
    MEMBER_RIGHTS,
    MEMBER_FILTERS,
    MEMBER_GROWING
};

static void member_text(char text[SIGHT_TEXT], const struct sight *sight, enum member member)
{
    snprintf(text, SIGHT_TEXT, "-");
    if (sight == NULL)
        return;
    switch (member) {
    case MEMBER_PID: snprintf(text, SIGHT_TEXT, "%d", (int)sight->pid); break;
    case MEMBER_UID: snprintf(text, SIGHT_TEXT, "%u", (unsigned)sight->uid); break;
    case MEMBER_ROOT:
        if (sight->root[0] != '\0')
            snprintf(text, SIGHT_TEXT, "%s", sight->root);
        break;
    case MEMBER_MOUNTS:
        if (sight->mounts > 0)
            snprintf(text, SIGHT_TEXT, "%u", sight->mounts);
        break;
    case MEMBER_RIGHTS:
        snprintf(text, SIGHT_TEXT, "%d",
                 __builtin_popcountll((unsigned long long)sight->hardening.effective));
        break;
    case MEMBER_FILTERS: snprintf(text, SIGHT_TEXT, "%d", sight->hardening.filters); break;
    case MEMBER_GROWING:
        snprintf(text, SIGHT_TEXT, "%s", sight->hardening.no_new_privs ? "no" : "yes");
        break;
    }
}

static void draw_member(const struct columns *at, const struct names_state *state,
                        const char *label, enum member member)
{
    char inside[SIGHT_TEXT], outside[SIGHT_TEXT], host[SIGHT_TEXT];
    bool there = state->life == NAMES_THERE;

    member_text(inside, there ? state->inside : NULL, member);
    member_text(outside, there ? state->outside : NULL, member);
    member_text(host, &state->record->host, member);
    row(at, label, inside, outside, host);
}

/* What rights mean, and what cannot be had without any. */
static void draw_rights(struct pen *pen, const struct names_state *state)
{
    const struct ctr_record *record = state->record;
    char names[512];

    if (state->life == NAMES_THERE && state->inside != NULL) {
        harden_names(names, sizeof names, state->inside->hardening.effective);
        paragraph(pen, ROLE_TEXT, names);
        paragraph(
            pen, ROLE_DIM,
            names_has(record->names, NAME_USER)
                ? "These count for what its user namespace owns, and for nothing of the host's."
                : "With the host's user namespace these count on the host.");
    }
    if (!record->rights)
        paragraph(
            pen, ROLE_WARN,
            "Without rights: one user in there, you; groups that you are in stay; limits only "
            "where a group was handed to you.");
    if (state->life == NAMES_THERE && state->outside != NULL &&
        state->outside->names[NAME_PID] == 0)
        paragraph(pen, ROLE_WARN,
                  "Its namespaces are shut to the outside: their numbers are what it was told.");
}

void names_draw_identity(struct area area, const struct names_state *state, int scroll)
{
    struct pen pen = {area, -scroll};
    struct columns at = {&pen, 12, area.width >= 78 ? 22 : (area.width - 12) / 3};
    bool there = state->life == NAMES_THERE;
    const char *who =
        state->moment->what == MOMENT_STEP && state->moment->inside.seen ? state->moment->who : "";

    line(&pen, ROLE_DIM, "One process, by itself and from the host; and Trivium.");
    row(&at, who, "inside", "from the host", "Trivium");
    draw_member(&at, state, "process", MEMBER_PID);
    draw_member(&at, state, "user", MEMBER_UID);
    row(&at, "host name", there && state->inside != NULL ? state->inside->host : "-", "-",
        state->record->host.host);
    draw_member(&at, state, "file system", MEMBER_ROOT);
    draw_member(&at, state, "mounts", MEMBER_MOUNTS);
    row(&at, "its group", there && state->inside != NULL ? state->inside->group : "-",
        there && state->outside != NULL ? state->outside->group : "-", state->record->host.group);
    draw_member(&at, state, "gains more", MEMBER_GROWING);
    draw_member(&at, state, "filters", MEMBER_FILTERS);
    draw_member(&at, state, "rights", MEMBER_RIGHTS);
    draw_rights(&pen, state);
}

/* How deep below the first. */
static int depth_of(const struct sight_tree *tree, unsigned number)
{
    int depth = 0;

    for (unsigned i = number; i-- > 0;) {
        if (tree->list[i].outer == tree->list[number].parent) {
            number = i;
            depth++;
        }
    }
    return depth;
}

void names_draw_processes(struct area area, const struct names_state *state, int scroll)
{
    const struct sight_tree *tree = &state->moment->tree;
    struct pen pen = {area, -scroll};

    if (tree->count == 0) {
        paragraph(&pen, ROLE_DIM,
                  state->life == NAMES_GONE ? "None is left."
                                            : "The container has no process yet.");
        return;
    }
    line(&pen, ROLE_DIM, "%9s %9s %11s  %s", "here", "in there", "user here", "name");
    for (unsigned i = 0; i < tree->count; i++) {
        const struct sight_process *process = &tree->list[i];
        int depth = depth_of(tree, i);

        line(&pen, i == 0 ? ROLE_DIM : ROLE_TEXT, "%9d %9d %11u  %*s%s%s", (int)process->outer,
             (int)process->inner, (unsigned)process->uid, 2 * depth, "", process->name,
             i == 0 ? " (init, Trivium's)" : "");
    }
    if (tree->more > 0)
        line(&pen, ROLE_DIM, "and %u more", tree->more);
    paragraph(&pen, ROLE_DIM, "Trivium's runner, which started the first, has no number in there.");
}

/* What was written up to the moment. Its end is seen; `scroll` leads towards the beginning. */
void names_draw_console(struct area area, const struct names_state *state, int scroll)
{
    const struct ctr_record *record = state->record;
    const struct console_text text = {
        .owner = record->output, .byte = console_byte, .end = state->moment->output};

    if (text.end == 0) {
        area_wrap(area, 0, ROLE_DIM, "The program has written nothing so far. Its input is empty.");
        return;
    }
    if (text.end == record->output_used && record->output_total > text.end) {
        area_print(area, 0, area.height - 1, ROLE_WARN,
                   "%zu bytes more were written, and are not kept",
                   record->output_total - text.end);
        area.height--;
    }
    console_draw(area, &text, scroll);
}
