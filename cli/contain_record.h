/*
 * contain_record.h: a run in a container by the same code as `trivium run`, which is recorded.
 *
 * Read next: ctr/recorder.h.
 */
#ifndef TRIVIUM_CLI_CONTAIN_RECORD_H
#define TRIVIUM_CLI_CONTAIN_RECORD_H

#include "cli/contain.h"
#include "ctr/recorder.h"

/*
 * `launch` as for a way's start(); its program runs to its end, with an empty input. The answer is
 * to be freed by ctr_recorder_free(). NULL: it could not be run, or Trivium is to end; err says
 * why.
 */
struct ctr_recorder *contain_record(struct launch *launch, double timeout, struct err *err);

#endif
