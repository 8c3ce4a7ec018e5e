/* own.h: a device that each student has for himself; see README.md#8.9. */
#ifndef TRIVIUM_LABS_08_VMM_OWN_H
#define TRIVIUM_LABS_08_VMM_OWN_H

#include <linux/kvm.h>
#include <stdint.h>

/* Answers an exit for a port (KVM_EXIT_IO, io.count 1). *kept is the device's memory. Which port
 * and what it does, `make grade LAB=8` tells each student. */
void own_port(struct kvm_run *run, uint32_t *kept);

#endif
