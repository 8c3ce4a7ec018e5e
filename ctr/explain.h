/*
 * explain.h: the steps of a container, told on a file as they happen: which process, what it asks
 * of the kernel, what that changed, and how long it took.
 */
#ifndef TRIVIUM_CTR_EXPLAIN_H
#define TRIVIUM_CTR_EXPLAIN_H

#include <stdio.h>

#include "ctr/step.h"

/* A listener that writes to `file`, which is borrowed, a step at once. */
struct ctr_observer ctr_explain(FILE *file);

#endif
