/* step_names.c: see step_names.h. */
#include "cli/step_names.h"

#include <stdlib.h>

#include "cli/contain_record.h"
#include "cli/locate.h"
#include "cli/names.h"
#include "cli/status.h"
#include "lib/digest.h"

/* The record of `launch`, shown. */
static int show(const struct step_names *wanted, const struct ctr_record *log, const char *path,
                struct err *err)
{
    char sha256[DIGEST_HEX_SIZE] = "unknown";
    struct names_record names;
    struct record_view view;
    struct err ignored;
    int status;

    names_record_init(&names, log);
    record_view_init(&view, &names.record);
    view.command = wanted->command;
    view.again = wanted->again;
    view.way = "container";
    if (wanted->contain->image == NULL && digest_file(path, sha256, &ignored) == 0)
        view.sha256 = sha256;
    status = step_screen_run(&view.scene, wanted->screen, err);
    return status < 0 ? STATUS_FAILED : status;
}

int step_names(const struct step_names *wanted, struct err *err)
{
    struct launch launch = {.way = ways_find("container", err),
                            .argv = wanted->program,
                            .envp = environ,
                            .contain_options = wanted->contain};
    struct recorder *recorder;
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
    recorder = contain_record(&launch, err);
    if (recorder == NULL)
        return STATUS_FAILED;
    status = show(wanted, recorder_record(recorder), launch.path, err);
    recorder_free(recorder);
    return status;
}
