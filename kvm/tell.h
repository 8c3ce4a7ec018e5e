/*
 * tell.h: KVM's requests and exits in words, for who tells them as they happen (explain.h) and who
 * keeps them (recorder.h).
 */
#ifndef TRIVIUM_KVM_TELL_H
#define TRIVIUM_KVM_TELL_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A request that we make. Source: Linux, Documentation/virt/kvm/api.rst. */
struct request_name {
    unsigned long request;
    const char *name, *meaning;
};

/* One that is not known is "ioctl", which means "". */
const struct request_name *request_find(unsigned long request);

/* What a request was given, where that says more than its name: " (...)". */
void request_print_argument(FILE *file, unsigned long request, const void *argument);

/* What struct kvm_run says of an exit. Plain data. */
struct exit_fact {
    uint32_t reason;  /* KVM_EXIT_... */
    bool is_write;    /* of an access: out, or a store */
    bool has_value;   /* of an access: `value` is what is written, or what the device answered */
    uint8_t size;     /* bytes of an access */
    uint32_t count;   /* so many times: string instructions */
    uint64_t address; /* a port, or a gpa */
    uint64_t value;
    uint64_t detail; /* of an internal error, a failed entry, an EOI: what KVM adds */
};

void exit_fact_take(struct exit_fact *fact, const struct kvm_run *run);

/* A read has been answered, in `run`: the guest is about to run on. */
void exit_fact_answer(struct exit_fact *fact, const struct kvm_run *run);

/* "port I/O, out port 0x3f8, 1 byte: 0x68 'h'" */
void exit_fact_print(FILE *file, const struct exit_fact *fact);

#endif
