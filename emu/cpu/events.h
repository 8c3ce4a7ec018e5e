/*
 * events.h: what happens inside a machine, told to whoever wants to know.
 *
 * --stats, -d and the stepper are readers: each registers for the kinds of event it wants. What
 * nobody wants costs a test of one bit, and only where something rare happens anyway. Events
 * report; they decide nothing, and a guest cannot observe whether somebody listens.
 *
 * There is no event for a TLB hit, since counting what happens at every access is not free. Hits
 * are what remains: accesses, which follow from the rows that were executed, minus walks.
 */
#ifndef TRIVIUM_EMU_CPU_EVENTS_H
#define TRIVIUM_EMU_CPU_EVENTS_H

#include <stdio.h>

#include "emu/cpu/hart.h"

/* The three ways to reach memory; an AMO and sc are stores, lr is a load. */
enum access { ACCESS_FETCH, ACCESS_LOAD, ACCESS_STORE, ACCESS_COUNT };

enum event_kind {
    EVENT_TRAP,      /* an exception was taken: trap */
    EVENT_INTERRUPT, /* an interrupt was taken: interrupt */
    EVENT_RETURN,    /* mret or sret: change */
    EVENT_WALK,      /* the TLB did not know a page, tables were read: walk */
    EVENT_TLB_FILL,  /* and now it knows it: walk */
    EVENT_TLB_FLUSH, /* sfence.vma, or another page table: flush */
    EVENT_SWITCH,    /* satp names other page tables, as when a kernel goes to another process */
    EVENT_DEVICE,    /* a device was accessed: device */
    EVENT_SYSCALL,   /* a process had an answer from its kernel: syscall */

    /* Of an engine that translates. All that changes in its state is told, and nothing else. */
    EVENT_BLOCK,       /* a block was made: block */
    EVENT_CHAIN,       /* an exit of a block now jumps to its target: link */
    EVENT_JUMP,        /* indirect jumps now find the block: link, whose `from` is 0 */
    EVENT_FORGET,      /* ... those into a page, or all, do not any more: flush */
    EVENT_DROP,        /* the code of a page has changed, its blocks go: drop */
    EVENT_CLEAR,       /* all blocks go, and what jumps to them: drop */
    EVENT_HOMES,       /* other registers live in the host's: everything is translated again */
    EVENT_COLD,        /* code was entered that is not translated yet, and is interpreted: cold */
    EVENT_INTERPRETED, /* an instruction was left to the interpreter: hart->pc */

    EVENT_DMA, /* RAM was written, and not by a hart (then `hart` is NULL): dma */
    EVENT_KIND_COUNT
};

/* Why blocks went. */
enum drop_reason { DROP_FULL, DROP_CHANGED, DROP_PROGRAM, DROP_HOMES, DROP_PASSES };

struct event {
    enum event_kind kind;
    const struct hart *hart; /* as it was before the event; `pc` is where it happened */
    union {
        struct {
            enum trap_cause cause;
            uint64_t value;
            enum mode to;
        } trap;
        struct {
            enum interrupt interrupt;
            enum mode to;
        } interrupt;
        struct {
            enum mode to;
        } change;
        struct {
            enum access access;
            bool failed; /* a page fault, or an access fault at a table */
            uint64_t gva;
            uint64_t gpa;
            unsigned levels; /* tables read: 0 where addresses are not translated */
        } walk;
        struct {
            bool page; /* only the page of gva */
            uint64_t gva;
        } flush;
        struct {
            enum access access;
            bool refused; /* nothing answered: an access fault */
            uint64_t gpa;
            unsigned width; /* bits */
            uint64_t value;
        } device;
        struct {
            uint64_t number;
            uint64_t answer;
            uint64_t first; /* argument, where the answer is now; the others are in registers */
        } syscall;
        struct {
            uint64_t pc;
            uint32_t number; /* of the block, from 0 since all were dropped */
            uint32_t insns;
            uint32_t bytes; /* of host code */
        } block;
        struct {
            uint32_t entered; /* so many times, this one included */
        } cold;
        struct {
            uint64_t from; /* pc of the block that is left */
            uint64_t to;
        } link;
        struct {
            enum drop_reason reason;
            uint32_t blocks; /* how many */
        } drop;
        struct {
            uint64_t gpa;
            uint64_t bytes;
        } dma;
    };
};

/* "trap", "block": one word, for people and commands. */
const char *event_name(enum event_kind kind);

/* "no room for more". */
const char *drop_reason_name(enum drop_reason reason);

/* The event in a few words, without its pc: "chain 0x10244 -> 0x10258". No end of line. */
void event_print(FILE *file, const struct event *event);

struct event_reader {
    unsigned kinds; /* set of 1 << enum event_kind */
    void (*notify)(void *owner, const struct event *event);
    void *owner;
};

#define EVENT_READERS_MAX 4

/* Zeroed: nobody listens. */
struct events {
    unsigned wanted; /* what any of the readers wants */
    unsigned count;
    struct event_reader readers[EVENT_READERS_MAX];
};

/* Adds a reader; there is room for EVENT_READERS_MAX, which is asserted. */
void events_add(struct events *events, const struct event_reader *reader);

/* Removes the readers of that owner. */
void events_remove(struct events *events, const void *owner);

static inline bool events_want(const struct events *events, enum event_kind kind)
{
    return (events->wanted >> kind & 1) != 0;
}

/* Tells those readers that want this kind. */
void events_send(const struct events *events, const struct event *event);

/* A reader that counts. Zeroed at first; register it by event_counts_reader(). */
struct event_counts {
    uint64_t kinds[EVENT_KIND_COUNT];
    uint64_t traps[16];      /* by enum trap_cause */
    uint64_t interrupts[16]; /* by enum interrupt */
    uint64_t walks[ACCESS_COUNT];
    uint64_t levels; /* tables read in all walks */
};

struct event_reader event_counts_reader(struct event_counts *counts);

#endif
