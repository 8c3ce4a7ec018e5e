/*
 * test_virtio.c: a disk behind virtio-mmio, in both versions, driven well and driven badly.
 *
 * The driver's side is written here anew, from the standard: the rings as bytes in memory.
 */
#include "dev/disk.h"
#include "dev/virtio_block.h"
#include "dev/virtio_mmio.h"
#include "tests/unit/unit_main.h"

#include <stdlib.h>
#include <string.h>

enum { BASE = 0x10001000, RAM = 0x40000000, RAM_SIZE = 0x10000, SIZE = 8 };
enum { RINGS = RAM + 0x1000, DATA = RAM + 0x4000, HEADER = RAM + 0x3000, ANSWER = RAM + 0x3800 };
enum { DISK_SIZE = 5 * 512 };
enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };
enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8 };

struct bench {
    struct bus bus;
    struct dma dma;
    struct disk disk;
    struct virtio_block block;
    struct virtio_mmio virtio;
    bool disk_fails;
    uint16_t available; /* index */
    uint64_t available_gpa, used_gpa;
    uint8_t ram[RAM_SIZE];
};

static bool read_image(void *owner, uint64_t offset, void *to, size_t bytes)
{
    const struct bench *bench = owner;

    for (size_t i = 0; i < bytes; i++)
        ((uint8_t *)to)[i] = (uint8_t)((offset + i) / 512 + 'A');
    return !bench->disk_fails;
}

static uint32_t get(struct bench *bench, uint64_t offset)
{
    uint64_t value = 0;

    ck_assert(bus_load(&bench->bus, BASE + offset, 32, &value));
    return (uint32_t)value;
}

static void put(struct bench *bench, uint64_t offset, uint32_t value)
{
    ck_assert(bus_store(&bench->bus, BASE + offset, 32, value));
}

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

static void describe(struct bench *bench, unsigned index, uint64_t gpa, uint32_t bytes,
                     uint16_t flags, uint16_t next)
{
    uint64_t at = RINGS + 16 * index;

    put_ram(bench, at, &gpa, 8);
    put_ram(bench, at + 8, &bytes, 4);
    put_ram(bench, at + 12, &flags, 2);
    put_ram(bench, at + 14, &next, 2);
}

/* Steps 1 to 8 of a driver's start (VIRTIO 1.2, 3.1.1). */
static void start_modern(struct bench *bench)
{
    put(bench, 0x70, 0);
    put(bench, 0x70, 1);
    put(bench, 0x70, 3);
    put(bench, 0x24, 1);
    put(bench, 0x20, 1); /* VERSION_1 */
    put(bench, 0x70, 11);
    ck_assert_uint_eq(get(bench, 0x70), 11);
    put(bench, 0x30, 0);
    put(bench, 0x38, SIZE);
    put(bench, 0x80, RINGS);
    put(bench, 0x90, RINGS + 0x200);
    put(bench, 0xa0, RINGS + 0x400);
    put(bench, 0x44, 1);
    put(bench, 0x70, 15);
    bench->available_gpa = RINGS + 0x200;
    bench->used_gpa = RINGS + 0x400;
}

static void start_legacy(struct bench *bench)
{
    put(bench, 0x70, 0);
    put(bench, 0x70, 3);
    put(bench, 0x28, 0x1000);
    put(bench, 0x30, 0);
    put(bench, 0x38, SIZE);
    put(bench, 0x3c, 0x1000);
    put(bench, 0x40, RINGS >> 12);
    put(bench, 0x70, 7);
    bench->available_gpa = RINGS + 16 * SIZE;
    bench->used_gpa = RINGS + 0x1000;
}

static struct bench *bench_new(uint32_t version)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct bus_range range;

    ck_assert_ptr_nonnull(bench);
    bench->dma = (struct dma){.ram = bench->ram, .base = RAM, .size = RAM_SIZE};
    disk_init(&bench->disk, DISK_SIZE, read_image, bench);
    virtio_block_init(&bench->block, &bench->disk, &bench->dma);
    virtio_mmio_init(&bench->virtio, version, &bench->block.device, &bench->dma);
    range = virtio_mmio_range(&bench->virtio, BASE);
    bus_register(&bench->bus, &range);
    if (version == 2)
        start_modern(bench);
    else
        start_legacy(bench);
    return bench;
}

static void bench_free(struct bench *bench)
{
    disk_fini(&bench->disk);
    free(bench);
}

/* Makes descriptor `head` available and notifies. */
static void submit(struct bench *bench, uint16_t head)
{
    put_ram(bench, bench->available_gpa + 4 + 2 * (bench->available % SIZE), &head, 2);
    bench->available++;
    put_ram(bench, bench->available_gpa + 2, &bench->available, 2);
    put(bench, 0x50, 0);
}

static void describe_request(struct bench *bench, uint32_t type, uint64_t sector, uint32_t bytes)
{
    const uint32_t header[2] = {type, 0};
    uint8_t unset = 0xff;

    put_ram(bench, HEADER, header, sizeof header);
    put_ram(bench, HEADER + 8, &sector, 8);
    put_ram(bench, ANSWER, &unset, 1);
    describe(bench, 0, HEADER, 16, NEXT, 1);
    describe(bench, 1, DATA, bytes, type == OUT ? NEXT : NEXT | WRITE, 2);
    describe(bench, 2, ANSWER, 1, WRITE, 0);
}

/* A whole request; the answer is its status byte, or 0xff if there is none. */
static unsigned request(struct bench *bench, uint32_t type, uint64_t sector, uint32_t bytes)
{
    describe_request(bench, type, sector, bytes);
    submit(bench, 0);
    return bench->ram[ANSWER - RAM];
}

static void expect_needs_reset(struct bench *bench)
{
    ck_assert_uint_ne(get(bench, 0x70) & VIRTIO_NEEDS_RESET, 0);
    ck_assert_uint_ne(get(bench, 0x60) & 2, 0);
    ck_assert(virtio_mmio_interrupts(&bench->virtio));
}

START_TEST(a_driver_reads_and_writes_sectors_in_both_versions)
{
    for (uint32_t version = 1; version <= 2; version++) {
        struct bench *bench = bench_new(version);

        ck_assert_uint_eq(get(bench, 0), 0x74726976);
        ck_assert_uint_eq(get(bench, 4), version);
        ck_assert_uint_eq(get(bench, 8), 2);
        ck_assert_uint_eq(get(bench, 0x100), DISK_SIZE / 512);
        ck_assert_uint_eq(request(bench, IN, 2, 1024), 0);
        ck_assert_uint_eq(bench->ram[DATA - RAM], 'C');
        ck_assert_uint_eq(bench->ram[DATA - RAM + 1023], 'D');
        ck_assert_uint_eq(get_ram16(bench, bench->used_gpa + 2), 1);
        ck_assert_uint_eq(get_ram16(bench, bench->used_gpa + 8), 1025); /* bytes written */
        ck_assert_uint_eq(get(bench, 0x60), 1);
        put(bench, 0x64, 1);
        ck_assert(!virtio_mmio_interrupts(&bench->virtio));
        memset(bench->ram + (DATA - RAM), 'z', 512);
        ck_assert_uint_eq(request(bench, OUT, 4, 512), 0);
        memset(bench->ram + (DATA - RAM), 0, 512);
        ck_assert_uint_eq(request(bench, IN, 4, 512), 0);
        ck_assert_uint_eq(bench->ram[DATA - RAM + 511], 'z');
        ck_assert_uint_eq(request(bench, FLUSH, 0, 0), 0);
        ck_assert_uint_eq(request(bench, GET_ID, 0, 20), 0);
        ck_assert_str_eq((char *)bench->ram + (DATA - RAM), "trivium");
        ck_assert_uint_eq(get(bench, 0x70) & VIRTIO_NEEDS_RESET, 0);
        bench_free(bench);
    }
}
END_TEST

START_TEST(requests_go_round_the_ring_many_times)
{
    struct bench *bench = bench_new(2);

    for (unsigned i = 0; i < 70000; i++) /* the indices have 16 bits */
        ck_assert_uint_eq(request(bench, IN, i % 5, 512), 0);
    ck_assert_uint_eq(get_ram16(bench, bench->used_gpa + 2), 70000 % 65536);
    bench_free(bench);
}
END_TEST

START_TEST(what_cannot_be_done_is_answered_with_an_error_status)
{
    static const struct {
        uint32_t type;
        uint64_t sector;
        uint32_t bytes;
        unsigned status;
    } cases[] = {
        {IN, 5, 512, 1},
        {IN, 4, 1024, 1},
        {IN, UINT64_MAX, 512, 1},
        {OUT, UINT64_MAX / 512, 512, 1},
        {OUT, 5, 512, 1},
        {IN, 0, 511, 1},
        {OUT, 0, 100, 1},
        {99, 0, 512, 2},
        {IN, 5, 0, 0},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench *bench = bench_new(2);

        ck_assert_uint_eq(request(bench, cases[i].type, cases[i].sector, cases[i].bytes),
                          cases[i].status);
        ck_assert_uint_eq(get(bench, 0x70), 15); /* the device goes on */
        ck_assert_uint_eq(request(bench, IN, 0, 512), 0);
        bench_free(bench);
    }
}
END_TEST

START_TEST(an_image_that_cannot_be_read_is_an_error_status)
{
    struct bench *bench = bench_new(2);

    bench->disk_fails = true;
    ck_assert_uint_eq(request(bench, IN, 0, 512), 1);
    ck_assert_uint_eq(request(bench, OUT, 0, 512), 1);
    bench->disk_fails = false;
    ck_assert_uint_eq(request(bench, IN, 0, 512), 0);
    bench_free(bench);
}
END_TEST

/* Each breaks a request that would have been good. */
static void break_loop(struct bench *bench)
{
    describe(bench, 1, DATA, 512, NEXT | WRITE, 0);
}

static void break_self_loop(struct bench *bench)
{
    describe(bench, 1, DATA, 512, NEXT | WRITE, 1);
}

static void break_link(struct bench *bench)
{
    describe(bench, 1, DATA, 512, NEXT | WRITE, SIZE);
}

static void break_address(struct bench *bench)
{
    describe(bench, 1, RAM - 1, 512, NEXT | WRITE, 2);
}

static void break_length(struct bench *bench)
{
    describe(bench, 1, RAM + RAM_SIZE - 511, 512, NEXT | WRITE, 2);
}

static void break_wrap(struct bench *bench)
{
    describe(bench, 1, UINT64_MAX - 10, 512, NEXT | WRITE, 2);
}

static void break_indirect(struct bench *bench)
{
    describe(bench, 1, DATA, 512, INDIRECT, 0);
}

static void break_order(struct bench *bench)
{
    describe(bench, 1, DATA, 512, NEXT | WRITE, 2);
    describe(bench, 2, ANSWER, 1, 0, 0);
}

static void break_header(struct bench *bench)
{
    describe(bench, 0, HEADER, 15, NEXT, 1);
}

static void break_answer(struct bench *bench)
{
    describe(bench, 0, HEADER, 16, 0, 0);
}

static void break_index(struct bench *bench)
{
    bench->available = (uint16_t)(bench->available + SIZE);
}

static void break_available(struct bench *bench)
{
    bench->virtio.state.queues[0].available = RAM + RAM_SIZE - 2;
}

static void break_used(struct bench *bench)
{
    bench->virtio.state.queues[0].used = RAM - 4096;
}

static void break_descriptors(struct bench *bench)
{
    bench->virtio.state.queues[0].descriptors = UINT64_MAX - 7;
}

static void break_alignment(struct bench *bench)
{
    bench->virtio.state.queues[0].available++;
}

START_TEST(a_broken_queue_needs_a_reset_and_works_after_it)
{
    static void (*const breaks[])(struct bench *) = {
        break_loop,  break_self_loop, break_link,  break_address,     break_length,
        break_wrap,  break_indirect,  break_order, break_header,      break_answer,
        break_index, break_available, break_used,  break_descriptors, break_alignment};

    for (unsigned i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        struct bench *bench = bench_new(2);

        describe_request(bench, IN, 0, 512);
        breaks[i](bench);
        submit(bench, 0);
        expect_needs_reset(bench);
        ck_assert_uint_eq(request(bench, IN, 0, 512), 0xff); /* it takes no more */
        bench->available = 0;
        memset(bench->ram, 0, sizeof bench->ram);
        start_modern(bench);
        ck_assert_uint_eq(request(bench, IN, 0, 512), 0);
        bench_free(bench);
    }
}
END_TEST

START_TEST(a_head_that_does_not_exist_needs_a_reset)
{
    struct bench *bench = bench_new(1);

    describe_request(bench, IN, 0, 512);
    submit(bench, SIZE);
    expect_needs_reset(bench);
    bench_free(bench);
}
END_TEST

START_TEST(queue_sizes_without_sense_need_a_reset)
{
    static const uint32_t sizes[] = {0, 3, 2 * VIRTQUEUE_SIZE_MAX, UINT32_MAX};

    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bench *bench = bench_new(2);

        put(bench, 0x44, 0);
        put(bench, 0x38, sizes[i]);
        put(bench, 0x44, 1);
        expect_needs_reset(bench);
        ck_assert_uint_eq(get(bench, 0x44), 0);
        bench_free(bench);
    }
}
END_TEST

START_TEST(parts_may_overlap_the_rings_and_each_other)
{
    struct bench *bench = bench_new(2);

    describe_request(bench, IN, 0, 512);
    describe(bench, 1, RINGS, 0x800, NEXT | WRITE, 2); /* over all three rings */
    submit(bench, 0);
    ck_assert_uint_eq(bench->ram[ANSWER - RAM], 0);
    bench_free(bench);
}
END_TEST

START_TEST(a_driver_that_wants_no_interrupts_gets_none)
{
    struct bench *bench = bench_new(2);
    const uint16_t no_interrupt = 1;

    put_ram(bench, bench->available_gpa, &no_interrupt, 2);
    ck_assert_uint_eq(request(bench, IN, 0, 512), 0);
    ck_assert_uint_eq(get(bench, 0x60), 0);
    bench_free(bench);
}
END_TEST

START_TEST(features_must_be_those_that_were_offered)
{
    struct bench *bench = bench_new(2);

    put(bench, 0x14, 0);
    ck_assert_uint_eq(get(bench, 0x10), 1 << 9); /* flush */
    put(bench, 0x14, 1);
    ck_assert_uint_eq(get(bench, 0x10), 1); /* version 1 */
    put(bench, 0x14, 2);
    ck_assert_uint_eq(get(bench, 0x10), 0);
    put(bench, 0x70, 0);
    put(bench, 0x70, 3);
    put(bench, 0x24, 0);
    put(bench, 0x20, 1 << 5);
    put(bench, 0x24, 1);
    put(bench, 0x20, 1);
    put(bench, 0x70, 11);
    ck_assert_uint_eq(get(bench, 0x70), 3);
    put(bench, 0x24, 0);
    put(bench, 0x20, 0);
    put(bench, 0x24, 1);
    put(bench, 0x20, 0); /* not even version 1 */
    put(bench, 0x70, 11);
    ck_assert_uint_eq(get(bench, 0x70), 3);
    bench_free(bench);
}
END_TEST

START_TEST(the_overlay_keeps_writes_and_the_image_stays)
{
    struct disk disk;
    struct bench bench = {.disk_fails = false};
    char text[8] = "";

    disk_init(&disk, 3 * DISK_BLOCK - 512, read_image, &bench);
    ck_assert(disk_write(&disk, DISK_BLOCK - 3, "abcdef", 6)); /* over two blocks */
    ck_assert(disk_read(&disk, DISK_BLOCK - 4, text, 7));
    ck_assert_mem_eq(text, "Habcdef", 7);
    ck_assert(disk_write(&disk, disk.size - 1, "!", 1));
    ck_assert(!disk_write(&disk, disk.size - 1, "!!", 2));
    ck_assert(!disk_read(&disk, disk.size + 1, text, 0));
    ck_assert(!disk_read(&disk, UINT64_MAX, text, 2));
    disk_revert(&disk);
    ck_assert(disk_read(&disk, DISK_BLOCK - 3, text, 6));
    ck_assert_mem_eq(text, "HHHIII", 6);
    disk_fini(&disk);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("virtio");
    TCase *good = tcase_create("good");
    TCase *hostile = tcase_create("hostile");

    tcase_add_test(good, a_driver_reads_and_writes_sectors_in_both_versions);
    tcase_add_test(good, requests_go_round_the_ring_many_times);
    tcase_add_test(good, a_driver_that_wants_no_interrupts_gets_none);
    tcase_add_test(good, features_must_be_those_that_were_offered);
    tcase_add_test(good, the_overlay_keeps_writes_and_the_image_stays);
    tcase_add_test(hostile, what_cannot_be_done_is_answered_with_an_error_status);
    tcase_add_test(hostile, an_image_that_cannot_be_read_is_an_error_status);
    tcase_add_test(hostile, a_broken_queue_needs_a_reset_and_works_after_it);
    tcase_add_test(hostile, a_head_that_does_not_exist_needs_a_reset);
    tcase_add_test(hostile, queue_sizes_without_sense_need_a_reset);
    tcase_add_test(hostile, parts_may_overlap_the_rings_and_each_other);
    suite_add_tcase(suite, good);
    suite_add_tcase(suite, hostile);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
