/* names_state.c: what holds at a moment of a container's record, in words; see names.h. */
#include "cli/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void names_state(struct names_state *state, const struct ctr_record *record, unsigned at)
{
    *state = (struct names_state){
        .record = record,
        .at = at,
        .moment = &record->moments[at],
    };
    for (unsigned i = 0; i <= at; i++) {
        const struct ctr_moment *moment = &record->moments[i];

        if (moment->what == MOMENT_STEP && moment->kind == STEP_CLONE)
            state->life = NAMES_THERE;
        else if (moment->what == MOMENT_END)
            state->life = NAMES_GONE;
        if (moment->inside.seen)
            state->inside = &moment->inside;
        if (moment->outside.seen)
            state->outside = &moment->outside;
        if (moment->tree.count > 0)
            state->tree = &moment->tree;
    }
}

uint64_t names_number(const struct names_state *state, enum ctr_name name)
{
    uint64_t outside = state->outside == NULL ? 0 : state->outside->names[name];

    return outside != 0 || state->inside == NULL ? outside : state->inside->names[name];
}

static bool was(const struct names_state *state, enum step_kind kind)
{
    for (unsigned i = 0; i <= state->at; i++) {
        const struct ctr_moment *moment = &state->record->moments[i];

        if (moment->what == MOMENT_STEP && moment->kind == kind)
            return true;
    }
    return false;
}

static void mean_user(const struct names_state *state, char *text, size_t size)
{
    const struct ids *ids = &state->record->ids;

    if (!was(state, STEP_MAP_USERS))
        snprintf(text, size, "no ids yet: everybody is 65534");
    else if (ids->range)
        snprintf(text, size, "root in there is user %u here", ids->base);
    else
        snprintf(text, size, "root in there is you, user %u", (unsigned)ids->uid);
}

static void mean_mount(const struct names_state *state, char *text, size_t size)
{
    if (!was(state, STEP_PIVOT))
        snprintf(text, size, "a copy: the host's files are all seen");
    else if (!was(state, STEP_UNMOUNT) || state->inside == NULL)
        snprintf(text, size, "a root of its own; the host's on top");
    else
        snprintf(text, size, "%u mounts and a root of its own", state->inside->mounts);
}

static void mean_pid(const struct names_state *state, char *text, size_t size)
{
    const struct sight_process *init = state->tree == NULL ? NULL : &state->tree->list[0];

    if (init == NULL)
        snprintf(text, size, "numbers begin at 1 again");
    else
        snprintf(text, size, "%d here is %d in there", (int)init->outer, (int)init->inner);
}

static void mean_uts(const struct names_state *state, char *text, size_t size)
{
    if (!was(state, STEP_HOSTNAME) || state->inside == NULL)
        snprintf(text, size, "a copy: still called as the host");
    else
        snprintf(text, size, "called %s; the host is %s", state->inside->host,
                 state->record->host.host);
}

static void mean_group(const struct names_state *state, char *text, size_t size)
{
    snprintf(text, size, "its group is called %s in there",
             state->inside == NULL ? "?" : state->inside->group);
}

/* Of one that is the container's own. */
static void mean_own(const struct names_state *state, enum ctr_name name, char *text, size_t size)
{
    switch (name) {
    case NAME_USER: mean_user(state, text, size); break;
    case NAME_MOUNT: mean_mount(state, text, size); break;
    case NAME_PID: mean_pid(state, text, size); break;
    case NAME_UTS: mean_uts(state, text, size); break;
    case NAME_CGROUP: mean_group(state, text, size); break;
    case NAME_NET:
        snprintf(text, size,
                 was(state, STEP_LOOPBACK) ? "127.0.0.1 and nothing else"
                                           : "only lo, and that is down");
        break;
    case NAME_IPC: snprintf(text, size, "no shared memory of the host's"); break;
    case NAME_TIME: snprintf(text, size, "uptime of its own; the date is shared"); break;
    case NAME_COUNT: break;
    }
}

static const char *const meanings_shared[NAME_COUNT] = {
    [NAME_USER] = "root in there is root here",
    [NAME_MOUNT] = "all of the host's files",
    [NAME_PID] = "all of the host's processes",
    [NAME_NET] = "the host's devices and addresses",
    [NAME_UTS] = "the host's name, and it may change it",
    [NAME_IPC] = "the host's shared memory and queues",
    [NAME_CGROUP] = "it can read where its group is",
    [NAME_TIME] = "the host's (--time-offset makes some)",
};

void names_meaning(const struct names_state *state, enum ctr_name name, char *text, size_t size)
{
    uint64_t number = names_number(state, name);

    if (state->life == NAMES_GONE)
        snprintf(text, size, "%s",
                 names_has(state->record->names, name) ? "went with its last process"
                                                       : "the host's, as before");
    else if (state->life == NAMES_NOT_YET)
        snprintf(text, size, "%s", name_rows[name].what);
    else if (number == 0)
        snprintf(text, size, "not to be seen without rights over it");
    else if (number != state->record->host.names[name])
        mean_own(state, name, text, size);
    else if (name == NAME_CGROUP && names_has(state->record->names, name))
        snprintf(text, size, "still the host's: comes when in a group");
    else if (name == NAME_TIME && names_has(state->record->names, name))
        snprintf(text, size, "still the host's: it is the program's");
    else
        snprintf(text, size, "%s", meanings_shared[name]);
}

const char *names_title(const struct ctr_moment *moment)
{
    switch (moment->what) {
    case MOMENT_STEP: return step_rows[moment->kind].title;
    case MOMENT_RUN: return "it runs";
    case MOMENT_END: return "the end";
    }
    return "";
}

void names_call(const struct ctr_record *record, const struct ctr_moment *moment, char *text,
                size_t size)
{
    const struct ctr_record_file *file = moment->file < 0 ? NULL : &record->files[moment->file];

    if (file != NULL)
        snprintf(text, size, "%s = %s", strrchr(file->path, '/') + 1, file->asked);
    else
        snprintf(text, size, "%s", moment->what == MOMENT_STEP ? moment->call : moment->effect);
}

/* What a step changed; of the long name of a group only the end is told. */
static void effect_text(const struct ctr_moment *moment, char *text, size_t size)
{
    const char *from = strchr(moment->effect, '/'), *to = strstr(moment->effect, "/trivium/");

    if (from == NULL || to == NULL || to < from)
        snprintf(text, size, "%s", moment->effect);
    else
        snprintf(text, size, "%.*s…%s", (int)(from - moment->effect), moment->effect, to);
}

void names_status(const struct names_state *state, char *text, size_t size)
{
    const struct ctr_moment *moment = state->moment;
    char effect[CTR_RECORD_TEXT + 8];

    switch (moment->what) {
    case MOMENT_STEP:
        effect_text(moment, effect, sizeof effect);
        snprintf(text, size, "%s. Without it: %s Now: %s.", names_title(moment),
                 step_rows[moment->kind].without, effect);
        break;
    case MOMENT_RUN:
        snprintf(
            text, size,
            "A look at the program, which does not stop for it: %s. What came and went between "
            "two looks is not in the record.",
            moment->effect);
        break;
    case MOMENT_END:
        snprintf(
            text, size,
            "The program has ended: %s. With its last process the kernel drops its namespaces, "
            "mounts and network; the groups are files, and are removed next.",
            moment->effect);
        if (state->record->lost > 0)
            snprintf(text + strlen(text), size - strlen(text),
                     " %u moments had no place in the record.", state->record->lost);
        break;
    }
}
