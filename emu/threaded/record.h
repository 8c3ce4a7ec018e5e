/*
 * record.h: guest code after it was decoded, once, for ever: records, and blocks of them.
 *
 *     block  | pc count | record | record | record | ... | record |
 *                           |        |
 *                        handler  handler ...
 *
 * A record is an instruction that knows the function that executes it, its *handler*. That one does
 * what the instruction wants, and then goes to the handler of the next record; no loop and no
 * switch are between them. That is called threaded code.
 *
 * A block has one entry, its first record. It goes on behind branches (when they are not taken) and
 * through jumps to a fixed address, so its instructions need not be neighbours in memory; execution
 * may leave it at any of them. Instructions are counted when a block is entered, all at once. Who
 * leaves early gives those back that were not executed, record->left of them.
 *
 * Read next: handlers.c.
 */
#ifndef TRIVIUM_EMU_THREADED_RECORD_H
#define TRIVIUM_EMU_THREADED_RECORD_H

#include "emu/cpu/hart.h"
#include "emu/cpu/machine.h"

struct record;
struct relay;

/*
 * Executes the instruction of a record, and those that follow, until there is a reason to return.
 * `budget`: how many instructions may be executed beyond the end of this block.
 *
 * On return hart is precise. STOP_COUNT: no reason to stop, but what comes next is not there:
 * see struct relay.
 */
typedef enum stop record_handler(struct record *record, struct hart *hart, struct relay *relay,
                                 int64_t budget);

struct record {
    record_handler *handler;
    uint64_t pc;
    const struct block *to; /* of a jump: the block at its target, once it is linked to that */
    int32_t imm;
    uint8_t rd, rs1, rs2;
    uint8_t left; /* instructions of the block behind this one */
};

#define BLOCK_INSNS_MAX 96

struct block {
    uint64_t pc;
    const uint8_t *page; /* hva of the guest page that it was read from; in a process NULL */
    struct block *next;  /* in its bucket: see blocks.h */
    uint32_t count;      /* instructions */
    bool dropped;        /* what it was read from has changed */
    struct record records[];
};

#define JUMP_ENTRIES 4096

/* Where jumps that have no link find their target: blocks by bits 1 to 12 of pc. Never NULL. */
struct jump_table {
    const struct block *entries[JUMP_ENTRIES];
};

/* What handlers need to know besides, and what they tell the dispatcher. Of one run. */
struct relay {
    struct mem mem;        /* the machine's */
    const struct tlb *tlb; /* the hart's; in a process NULL */
    struct machine *machine;
    const struct jump_table *jumps; /* those that hold for the hart now */
    uint64_t end;                   /* hart->instret when the budget is 0 */
    struct record *jump; /* on return: to be linked to the block at hart->pc; NULL: nothing is */
};

#endif
