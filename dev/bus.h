/*
 * bus.h: which device answers at a guest physical address.
 *
 * A device is a range of addresses and two functions. Devices know the bus no more than each other:
 * whoever builds a machine registers them, and asks each for the level of its interrupt line.
 *
 * Errors, in all of dev/: whatever a driver does is the guest's affair. A function that answers
 * false means an access fault for the guest; a device that was driven into nonsense says so in its
 * own way (virtio: "device needs reset"). Nothing that a guest writes can fail an assertion.
 *
 * Locking, in all of dev/: nothing here locks. One lock for each machine, the owner's, is held
 * around every call into the bus and into its devices. The emulator runs all harts in one thread
 * and needs none; where processors are threads, each takes it on the way to the bus. No device
 * blocks while it is called, but a disk for as long as the host's file takes.
 *
 * State: each device has a `struct NAME_state` of plain data, all that the guest can see of it. To
 * save a device is to copy it, to load one is to copy it back; what a host must provide (where
 * bytes go, where memory is) stands outside of it.
 *
 * Read next: uart.h, the simplest device.
 */
#ifndef TRIVIUM_DEV_BUS_H
#define TRIVIUM_DEV_BUS_H

#include <stdbool.h>
#include <stdint.h>

#define BUS_RANGES_MAX 16

struct bus_range {
    const char *name; /* for people; borrowed */
    uint64_t base;    /* gpa of the first byte */
    uint64_t size;    /* bytes */
    void *device;     /* handed to the two functions; borrowed */
    /* width: 8, 16, 32 or 64 bits; offset + width / 8 <= size. False: an access fault. */
    bool (*load)(void *device, uint64_t offset, unsigned width, uint64_t *value);
    bool (*store)(void *device, uint64_t offset, unsigned width, uint64_t value);
    uint64_t loads, stores; /* how many there were, for --stats */
};

struct bus {
    unsigned count;
    struct bus_range ranges[BUS_RANGES_MAX];
};

/* Adds a range; ranges must not overlap, which is asserted: it is the machine's builder who errs.
 */
void bus_register(struct bus *bus, const struct bus_range *range);

/*
 * An access of the guest's. False where there is no device, where the access leaves it, where its
 * address is not a multiple of its width, and where the device itself refuses.
 */
bool bus_load(struct bus *bus, uint64_t gpa, unsigned width, uint64_t *value);
bool bus_store(struct bus *bus, uint64_t gpa, unsigned width, uint64_t value);

#endif
