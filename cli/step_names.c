/*
 * step_names.c: `trivium step --on container`: a run in a container, recorded, and its record on
 * the screen.
 *
 * Read next: contain_record.h, names.h.
 */
#include "cli/step_recorded.h"

#include <stdlib.h>

#include "cli/contain_record.h"
#include "cli/locate.h"
#include "cli/names.h"
#include "cli/status.h"
#include "lib/digest.h"

/* The record of `launch`, shown. */
static int show(const struct step_recorded *wanted, const struct ctr_record *log, const char *path,
                struct err *err)
{
    char sha256[DIGEST_HEX_SIZE] = "unknown";
    struct names_record names;
    struct record_view view;
    struct err ignored;

    names_record_init(&names, log);
    record_view_init(&view, &names.record);
    view.command = wanted->command;
    view.again = wanted->again;
    view.way = wanted->way->name;
    if (wanted->contain->image == NULL && digest_file(path, sha256, &ignored) == 0)
        view.sha256 = sha256;
    return step_screen_run(&view.scene, wanted->screen, err);
}

int step_names_run(const struct step_recorded *wanted, struct err *err)
{
    struct launch launch = {.way = wanted->way,
                            .argv = wanted->program,
                            .envp = environ,
                            .contain_options = wanted->contain};
    struct ctr_recorder *recorder;
    struct located located;
    char path[PATH_MAX];
    int status = 0;

    if (wanted->contain->image != NULL) { /* the program is a name in there */
        launch.path = wanted->program == NULL ? NULL : wanted->program[0];
    } else {
        status = locate_program(&located, wanted->program[0], err);
        if (status == 0)
            status = locate_file(&located, launch.way, path, err);
        launch.path = path;
    }
    if (status != 0)
        return status;
    recorder = contain_record(&launch, wanted->timeout, err);
    if (recorder == NULL)
        return STATUS_FAILED;
    status = show(wanted, ctr_recorder_record(recorder), launch.path, err);
    ctr_recorder_free(recorder);
    return status;
}
