/*
 * descriptors.h: the guest's file descriptors are this process's own, under the same numbers.
 *
 * So Trivium keeps none open while guest code runs.
 */
#ifndef TRIVIUM_EMU_USER_DESCRIPTORS_H
#define TRIVIUM_EMU_USER_DESCRIPTORS_H

/* Closes those marked close-on-exec: the part of execve(2) that the host does not do for us. */
void descriptors_close_on_exec(void);

#endif
