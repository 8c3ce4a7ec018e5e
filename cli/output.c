/* output.c: checked standard output, files that appear complete; see output.h. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/status.h"

static void say_write_error(const char *what, int errnum)
{
    struct err err;

    if (errnum != 0)
        err_sys(&err, errnum, "cannot write %s", what);
    else /* an earlier write failed, and its reason is gone */
        err_set(&err, "cannot write all of %s", what);
    if (errnum == ENOSPC)
        err_hint(&err, "free some space, or write to another disk");
    err_print(&err, stderr);
}

/* Runs at exit. */
static void close_stdout(void)
{
    bool wrote = __fpending(stdout) != 0;
    bool failed = ferror(stdout) != 0;

    signal(SIGPIPE, SIG_IGN); /* a pipe without a reader is an error to tell, not a silent death */
    errno = 0;
    /* EBADF with nothing to write: it was closed before we began, and that is no error. */
    if (fclose(stdout) != 0 && (wrote || errno != EBADF))
        failed = true;
    if (failed) {
        say_write_error("standard output", errno);
        _exit(STATUS_FAILED);
    }
}

void output_prepare(void)
{
    int fd;

    /* Read-only: writing to one that was closed must still fail. */
    do {
        fd = open("/dev/null", O_RDONLY);
    } while (fd >= 0 && fd <= 2);
    if (fd > 2)
        close(fd);
    atexit(close_stdout);
}

static bool is_special(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

/* A temporary file beside the final one: on the same file system, so that rename() is atomic. */
static int open_temporary(struct output_file *output, struct err *err)
{
    mode_t mask = umask(0);
    int fd;

    umask(mask);
    if (asprintf(&output->temporary, "%s.XXXXXX", output->path) < 0)
        err_die_oom();
    fd = mkostemp(output->temporary, O_CLOEXEC);
    if (fd < 0) {
        err_sys(err, errno, "cannot create a file beside %s", output->path);
        err_hint(err, "choose a folder that exists and that you may write to");
        free(output->temporary);
        return -1;
    }
    fchmod(fd, 0666 & ~mask); /* mkostemp() made it private */
    output->file = fdopen(fd, "w");
    if (output->file == NULL)
        err_die_oom();
    return 0;
}

int output_open(struct output_file *output, const char *path, struct err *err)
{
    *output = (struct output_file){.path = path};
    if (strcmp(path, "-") == 0) {
        output->file = stdout;
        return 0;
    }
    if (!is_special(path))
        return open_temporary(output, err);
    output->file = fopen(path, "we");
    return output->file == NULL ? err_sys(err, errno, "cannot write %s", path) : 0;
}

int output_commit(struct output_file *output, struct err *err)
{
    bool failed;
    int answer = 0;

    if (output->file == stdout)
        return 0; /* close_stdout() sees to it */
    failed = ferror(output->file) != 0 || fflush(output->file) != 0;
    /* On the disk before it gets its name: or a crash could leave a name without contents. */
    failed = failed || (output->temporary != NULL && fsync(fileno(output->file)) != 0);
    failed = fclose(output->file) != 0 || failed;
    if (failed)
        answer = err_sys(err, errno, "cannot write %s", output->path);
    else if (output->temporary != NULL && rename(output->temporary, output->path) < 0)
        answer = err_sys(err, errno, "cannot give the result its name, %s", output->path);
    if (answer < 0 && output->temporary != NULL)
        unlink(output->temporary);
    free(output->temporary);
    return answer;
}

void output_abandon(struct output_file *output)
{
    if (output->file != stdout)
        fclose(output->file);
    if (output->temporary != NULL)
        unlink(output->temporary);
    free(output->temporary);
}
