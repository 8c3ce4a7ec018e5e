/*
 * test_virtio_console.c: a console as a virtio device, driven well and driven badly.
 *
 * The driver's side is written here anew, from the standard: the rings as bytes in memory.
 */
#include "dev/virtio_console.h"
#include "tests/unit/unit_main.h"

#include <stdlib.h>
#include <string.h>

enum { BASE = 0x10001000, RAM = 0x40000000, RAM_SIZE = 0x20000, SIZE = 8 };
enum { RINGS = RAM + 0x1000, AVAILABLE = RINGS + 0x200, USED = RINGS + 0x400, TEXT = RAM + 0x2000 };
enum { QUEUE_RECEIVE = 0, QUEUE_TRANSMIT = 1, NEXT = 1, STATUS = 0x70, NOTIFY = 0x50 };

struct bench {
    struct bus bus;
    struct dma dma;
    struct virtio_console console;
    struct virtio_mmio virtio;
    char sent[64]; /* the first bytes that came out */
    uint64_t sent_count;
    unsigned restless; /* so many chains more become available while one is served */
    uint8_t ram[RAM_SIZE];
};

static void put_ram(struct bench *bench, uint64_t gpa, const void *from, size_t bytes)
{
    memcpy(bench->ram + (gpa - RAM), from, bytes);
}

static uint16_t get_ram16(const struct bench *bench, uint64_t gpa)
{
    uint16_t value;

    memcpy(&value, bench->ram + (gpa - RAM), sizeof value);
    return value;
}

/* One chain more; all entries of the ring are 0, so it begins with the first descriptor. */
static void make_available(struct bench *bench)
{
    uint16_t index = (uint16_t)(get_ram16(bench, AVAILABLE + 2) + 1);

    put_ram(bench, AVAILABLE + 2, &index, sizeof index);
}

static void keep(void *owner, uint8_t byte)
{
    struct bench *bench = owner;

    if (bench->sent_count < sizeof bench->sent - 1)
        bench->sent[bench->sent_count] = (char)byte;
    bench->sent_count++;
    if (bench->restless > 0) {
        bench->restless--;
        make_available(bench);
    }
}

static void put(struct bench *bench, uint64_t offset, uint32_t value)
{
    ck_assert(bus_store(&bench->bus, BASE + offset, 32, value));
}

static uint32_t status(struct bench *bench)
{
    uint64_t value = 0;

    ck_assert(bus_load(&bench->bus, BASE + STATUS, 32, &value));
    return (uint32_t)value;
}

static void describe(struct bench *bench, unsigned index, uint64_t gpa, uint32_t bytes,
                     uint16_t flags, uint16_t next)
{
    uint64_t at = RINGS + 16 * index;

    put_ram(bench, at, &gpa, 8);
    put_ram(bench, at + 8, &bytes, 4);
    put_ram(bench, at + 12, &flags, 2);
    put_ram(bench, at + 14, &next, 2);
}

/* A device whose driver has set up that one queue. */
static struct bench *bench_new(uint32_t queue)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct bus_range range;

    ck_assert_ptr_nonnull(bench);
    bench->dma = (struct dma){.ram = bench->ram, .base = RAM, .size = RAM_SIZE};
    virtio_console_init(&bench->console, &bench->dma, keep, bench);
    virtio_mmio_init(&bench->virtio, 2, &bench->console.device, &bench->dma);
    range = virtio_mmio_range(&bench->virtio, BASE);
    bus_register(&bench->bus, &range);
    put(bench, STATUS, 3);
    put(bench, 0x24, 1);
    put(bench, 0x20, 1); /* VERSION_1 */
    put(bench, STATUS, 11);
    put(bench, 0x30, queue);
    put(bench, 0x38, SIZE);
    put(bench, 0x80, RINGS);
    put(bench, 0x90, AVAILABLE);
    put(bench, 0xa0, USED);
    put(bench, 0x44, 1);
    put(bench, STATUS, 15);
    return bench;
}

START_TEST(one_doorbell_sends_all_parts_in_order)
{
    struct bench *bench = bench_new(QUEUE_TRANSMIT);

    put_ram(bench, TEXT, "hello, world", 12);
    describe(bench, 0, TEXT + 0, 7, NEXT, 1);
    describe(bench, 1, TEXT + 7, 0, NEXT, 2);
    describe(bench, 2, TEXT + 7, 5, 0, 0);
    make_available(bench);
    put(bench, NOTIFY, QUEUE_TRANSMIT);
    ck_assert_str_eq(bench->sent, "hello, world");
    ck_assert_uint_eq(get_ram16(bench, USED + 2), 1);
    ck_assert_uint_eq(status(bench), 15);
    free(bench);
}
END_TEST

START_TEST(as_much_as_it_takes_at_once_is_sent_and_not_a_byte_more)
{
    for (uint32_t more = 0; more < 2; more++) {
        struct bench *bench = bench_new(QUEUE_TRANSMIT);

        describe(bench, 0, RAM, VIRTIO_CONSOLE_MAX, NEXT, 1);
        describe(bench, 1, RAM, more, 0, 0);
        make_available(bench);
        put(bench, NOTIFY, QUEUE_TRANSMIT);
        ck_assert_uint_eq(bench->sent_count, more == 0 ? VIRTIO_CONSOLE_MAX : 0);
        ck_assert_uint_eq(status(bench), more == 0 ? 15 : 15 | VIRTIO_NEEDS_RESET);
        free(bench);
    }
}
END_TEST

/* Each processor's doorbell costs the machine's lock: it must not be held for ever. */
START_TEST(a_driver_that_goes_on_meanwhile_gets_no_more_than_a_queue_served)
{
    struct bench *bench = bench_new(QUEUE_TRANSMIT);

    describe(bench, 0, TEXT, 1, 0, 0);
    bench->restless = 100;
    make_available(bench);
    put(bench, NOTIFY, QUEUE_TRANSMIT);
    ck_assert_uint_eq(bench->sent_count, SIZE);
    ck_assert_uint_eq(status(bench), 15);
    put(bench, NOTIFY, QUEUE_TRANSMIT); /* whoever rings again is served again */
    ck_assert_uint_eq(bench->sent_count, 2 * SIZE);
    free(bench);
}
END_TEST

START_TEST(a_buffer_for_what_is_typed_stays_where_it_is)
{
    struct bench *bench = bench_new(QUEUE_RECEIVE);

    describe(bench, 0, TEXT, 1, 2, 0);
    make_available(bench);
    for (unsigned i = 0; i < 3; i++)
        put(bench, NOTIFY, QUEUE_RECEIVE);
    ck_assert_uint_eq(bench->sent_count, 0);
    ck_assert_uint_eq(get_ram16(bench, USED + 2), 0);
    ck_assert_uint_eq(status(bench), 15);
    ck_assert(!virtio_mmio_interrupts(&bench->virtio));
    free(bench);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("virtio_console");
    TCase *cases = tcase_create("virtio console");

    tcase_add_test(cases, one_doorbell_sends_all_parts_in_order);
    tcase_add_test(cases, as_much_as_it_takes_at_once_is_sent_and_not_a_byte_more);
    tcase_add_test(cases, a_driver_that_goes_on_meanwhile_gets_no_more_than_a_queue_served);
    tcase_add_test(cases, a_buffer_for_what_is_typed_stays_where_it_is);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
