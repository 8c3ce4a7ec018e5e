/*
 * exits.h: the view Exits: what a virtual machine asked of KVM, and why its guest came back, as a
 * recorded view (record/record.h) of a log (kvm/recorder.h).
 *
 * The last moment is the end of the run: its status, or what is to be seen of a guest that died.
 */
#ifndef TRIVIUM_CLI_EXITS_H
#define TRIVIUM_CLI_EXITS_H

#include "kvm/recorder.h"
#include "lib/disassemble.h"
#include "lib/elf.h"
#include "record/record.h"

struct exits {
    struct record record; /* first */
    const struct exit_log *log;
    const struct elf_symbols *kernel, *program; /* of files; NULL: no names */
    struct disassembler *disassembler;          /* owned; NULL: there is no Capstone */
    const char *console; /* what the guest has printed, as far as it was kept */
    size_t console_size;
    uint64_t console_total; /* bytes that it has printed */
    unsigned virtio_slots;  /* that the machine had, from VM_VIRTIO on */
    char end[SCENE_TEXT];   /* how the run ended, in a sentence */
    const char *last_words; /* what Trivium said of the end: a dead guest's autopsy; or "" */
    unsigned cpus;          /* that ran */
};

/* log and texts are borrowed, and so are the symbols. To be ended by exits_fini(). */
void exits_init(struct exits *exits, const struct exit_log *log);
void exits_fini(struct exits *exits);

/* For the panes: */

/* The moment; NULL: it is the gap, or the end. */
const struct moment *exits_at(const struct exits *exits, size_t moment);
bool exits_is_gap(const struct exits *exits, size_t moment);

/* Was something read or written where no memory is? */
bool exits_is_access(const struct exit_fact *fact);

/* "UART", and what of it: "data"; NULL: nobody is there. Of an access. */
const char *exits_device(const struct exits *exits, const struct exit_fact *fact,
                         const char **part);

/* What a request is for. */
const char *exits_request(const struct moment *moment);

/* " in uart_find+0xe3"; "" if nothing is known. */
const char *exits_symbol(const struct exits *exits, uint64_t rip, char *text, size_t size);

/* Where the instruction is that made the exit, from moment->code on: at rip, or, if KVM had done
 * with it, before. -1: it cannot be told. *size: its bytes; text: it. */
int exits_instruction(const struct exits *exits, const struct moment *moment, size_t *size,
                      char *text, size_t text_size);

/* exits_panes.c: in the order of their numbers. */
enum {
    EXITS_CONSOLE,
    EXITS_LIST,
    EXITS_ONE,
    EXITS_REASONS,
    EXITS_REGISTERS,
    EXITS_TIME,
    EXITS_PANES
};
extern const struct record_pane exits_panes[EXITS_PANES];

#endif
