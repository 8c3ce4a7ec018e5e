/* status.h: the exit statuses that are Trivium's own; any other is the program's (see env(1)). */
#ifndef TRIVIUM_CLI_STATUS_H
#define TRIVIUM_CLI_STATUS_H

enum status {
    /* race: an answer was different, or a run failed; check: a law is broken; step --tour: a stop
     * cannot be shown */
    STATUS_UNEQUAL = 1,
    STATUS_UNREADABLE = 2,   /* check, report, reproduce: a file is no result file */
    STATUS_INCOMPARABLE = 3, /* reproduce: nothing can be compared */
    STATUS_TIMEOUT = 124,    /* the time limit passed, as with timeout(1) */
    STATUS_FAILED = 125,     /* Trivium itself failed, or was asked for what it cannot do */
    STATUS_NOT_EXECUTABLE = 126,
    STATUS_NOT_FOUND = 127,
    STATUS_SIGNAL = 128, /* plus the number of the signal that killed the program */
};

#endif
