/* rows.h: the tests of lab 9 about the virtio ring; grade.c lists them. */
#ifndef TRIVIUM_LABS_09_RING_ROWS_H
#define TRIVIUM_LABS_09_RING_ROWS_H

#include "labs/grade.h"

/* The driver's end: grade_driver.c. */
int row_place(struct grade *grade);
int row_publish(struct grade *grade);
int row_answer(struct grade *grade);
int row_write(struct grade *grade);

/* The device's end: grade_device.c. */
int row_buffers(struct grade *grade);
int row_chains(struct grade *grade);
int row_next(struct grade *grade);
int row_back(struct grade *grade);
int row_peace(struct grade *grade);

/* Both, under stalls: grade_driver.c. */
int row_both(struct grade *grade);

#endif
