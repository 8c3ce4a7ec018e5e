/*
 * input.h: the one door through which anything that is not determined enters the machine.
 *
 * Instructions, devices and the order of the harts are determined. What is not: the host's clock,
 * what somebody types, whether the host could read a disk image, random bytes. All of it is asked
 * for here, together with the board's step count, and can be logged. A log is a history:
 *
 *     events   |  replayed: answers come from here  |  next = count: answers come from the host,
 *              0                                  next        and are appended when recording
 *
 * Whoever sets `next` back, together with the machine (snapshot.h), lives the same history again.
 */
#ifndef TRIVIUM_EMU_BOARD_INPUT_H
#define TRIVIUM_EMU_BOARD_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum input_kind { INPUT_CLOCK, INPUT_CONSOLE, INPUT_DISK, INPUT_ENTROPY };

struct input_event {
    uint64_t step; /* when: the board's step count */
    uint64_t kind; /* enum input_kind */
    uint64_t value;
};

/* What a console can say besides the bytes 0..255: nothing will be typed any more. */
#define INPUT_CONSOLE_END 0x100

/* The host's side. All are called with `owner`. */
struct input_sources {
    uint64_t (*clock)(void *owner);                /* ticks since whenever */
    bool (*console)(void *owner, uint16_t *typed); /* false: nothing has been typed */
    uint64_t (*entropy)(void *owner);              /* 64 random bits */
    void *owner;
};

struct input {
    struct input_sources sources;
    struct input_event *events; /* owned */
    size_t count, capacity, next;
    uint64_t known; /* before this step nothing more was typed than the log has */
    bool recording;
    bool diverged; /* the machine asked for something else than the log has: its tail was dropped */
};

void input_init(struct input *input, const struct input_sources *sources, bool recording);
void input_fini(struct input *input);

/* Each answers from the log or the host. `step` never decreases but by input_rewind(). */
uint64_t input_clock(struct input *input, uint64_t step);
bool input_console(struct input *input, uint64_t step, uint16_t *typed);
uint64_t input_entropy(struct input *input, uint64_t step);

/* Did the host read the disk image? `outcome` if there is no log to say otherwise. */
bool input_disk(struct input *input, uint64_t step, bool outcome);

/* Goes back (or on) to where `next` was at some time; the events behind it are replayed. */
void input_rewind(struct input *input, size_t next);

/* Replaces the log: these events, copied, are replayed from the first; they are all before step
 * `known`.
 */
void input_load(struct input *input, const struct input_event *events, size_t count,
                uint64_t known);

#endif
