/* test_uart.c: the 16550 as a driver sees it. */
#include "dev/uart.h"
#include "tests/unit/unit_main.h"

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };
enum { BASE = 0x1000 };

struct bench {
    struct bus bus;
    struct uart uart;
    uint8_t sent[64];
    unsigned sent_count;
};

static void keep(void *owner, uint8_t byte)
{
    struct bench *bench = owner;

    bench->sent[bench->sent_count++ % sizeof bench->sent] = byte;
}

static void bench_init(struct bench *bench)
{
    struct bus_range range;

    *bench = (struct bench){.sent_count = 0};
    uart_init(&bench->uart, keep, bench);
    range = uart_range(&bench->uart, BASE);
    bus_register(&bench->bus, &range);
}

static uint64_t get(struct bench *bench, uint64_t offset)
{
    uint64_t value = UINT64_MAX;

    ck_assert(bus_load(&bench->bus, BASE + offset, 8, &value));
    return value;
}

static void put(struct bench *bench, uint64_t offset, uint64_t value)
{
    ck_assert(bus_store(&bench->bus, BASE + offset, 8, value));
}

START_TEST(what_the_guest_sends_leaves_at_once)
{
    struct bench bench;

    bench_init(&bench);
    ck_assert_uint_eq(get(&bench, LSR), 0x60);
    put(&bench, DATA, 'h');
    put(&bench, DATA, 'i');
    ck_assert_uint_eq(bench.sent_count, 2);
    ck_assert_mem_eq(bench.sent, "hi", 2);
    ck_assert_uint_eq(get(&bench, LSR), 0x60);
}
END_TEST

START_TEST(received_bytes_come_in_order_and_the_fifo_has_sixteen)
{
    struct bench bench;

    bench_init(&bench);
    ck_assert_uint_eq(uart_room(&bench.uart), 0); /* nobody listens yet */
    put(&bench, IIR, 1);
    for (uint8_t i = 0; i < 20; i++) {
        ck_assert_uint_eq(uart_room(&bench.uart), i < 16 ? 16U - i : 0);
        uart_receive(&bench.uart, (uint8_t)('a' + i));
    }
    for (uint8_t i = 0; i < 16; i++) {
        ck_assert_uint_eq(get(&bench, LSR), 0x61);
        ck_assert_uint_eq(get(&bench, DATA), 'a' + i);
    }
    ck_assert_uint_eq(get(&bench, LSR), 0x60);
    ck_assert_uint_eq(get(&bench, DATA), 0);
}
END_TEST

START_TEST(the_line_is_up_while_a_byte_waits_if_that_is_enabled)
{
    struct bench bench;

    bench_init(&bench);
    uart_receive(&bench.uart, 'x');
    ck_assert(!uart_interrupts(&bench.uart));
    ck_assert_uint_eq(get(&bench, IIR), 1);
    put(&bench, IER, 1);
    ck_assert(uart_interrupts(&bench.uart));
    ck_assert_uint_eq(get(&bench, IIR), 4);
    ck_assert(uart_interrupts(&bench.uart)); /* reading the identity does not take the byte */
    ck_assert_uint_eq(get(&bench, DATA), 'x');
    ck_assert(!uart_interrupts(&bench.uart));
}
END_TEST

START_TEST(an_empty_transmitter_is_told_once_until_more_is_sent)
{
    struct bench bench;

    bench_init(&bench);
    put(&bench, IER, 2);
    ck_assert(uart_interrupts(&bench.uart));
    ck_assert_uint_eq(get(&bench, IIR), 2);
    ck_assert(!uart_interrupts(&bench.uart));
    put(&bench, DATA, 'x');
    ck_assert(uart_interrupts(&bench.uart));
    /* A byte that waits is more urgent, and does not hide it for good. */
    put(&bench, IER, 3);
    uart_receive(&bench.uart, 'y');
    ck_assert_uint_eq(get(&bench, IIR), 4);
    get(&bench, DATA);
    ck_assert_uint_eq(get(&bench, IIR), 2);
    ck_assert_uint_eq(get(&bench, IIR), 1);
}
END_TEST

START_TEST(the_divisor_hides_behind_dlab_and_the_fifo_can_be_cleared)
{
    struct bench bench;

    bench_init(&bench);
    put(&bench, IER, 1);
    put(&bench, LCR, 0x83);
    put(&bench, DATA, 0x12);
    put(&bench, IER, 0x34);
    ck_assert_uint_eq(get(&bench, DATA), 0x12);
    ck_assert_uint_eq(get(&bench, IER), 0x34);
    ck_assert_uint_eq(bench.sent_count, 0);
    put(&bench, LCR, 3);
    ck_assert_uint_eq(get(&bench, IER), 1);
    put(&bench, IIR, 1); /* FIFOs on */
    uart_receive(&bench.uart, 'x');
    ck_assert_uint_eq(get(&bench, IIR), 0xc4);
    put(&bench, IIR, 3); /* and cleared */
    ck_assert_uint_eq(get(&bench, LSR), 0x60);
    put(&bench, SCR, 0x5a);
    ck_assert_uint_eq(get(&bench, SCR), 0x5a);
}
END_TEST

START_TEST(in_loop_mode_bytes_come_back)
{
    struct bench bench;

    bench_init(&bench);
    put(&bench, MCR, 0x10);
    put(&bench, DATA, 'z');
    ck_assert_uint_eq(bench.sent_count, 0);
    ck_assert_uint_eq(get(&bench, DATA), 'z');
}
END_TEST

START_TEST(accesses_that_the_chip_does_not_have_fault)
{
    struct bench bench;
    uint64_t value;

    bench_init(&bench);
    ck_assert(!bus_load(&bench.bus, BASE, 32, &value));
    ck_assert(!bus_store(&bench.bus, BASE + 1, 16, 0));
    ck_assert(!bus_load(&bench.bus, BASE - 1, 8, &value));
    ck_assert(!bus_load(&bench.bus, BASE + UART_SIZE, 8, &value));
    ck_assert(!bus_load(&bench.bus, UINT64_MAX, 8, &value));
    ck_assert_uint_eq(get(&bench, 8), 0); /* inside, but no register */
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("uart");
    TCase *registers = tcase_create("registers");

    tcase_add_test(registers, what_the_guest_sends_leaves_at_once);
    tcase_add_test(registers, received_bytes_come_in_order_and_the_fifo_has_sixteen);
    tcase_add_test(registers, the_line_is_up_while_a_byte_waits_if_that_is_enabled);
    tcase_add_test(registers, an_empty_transmitter_is_told_once_until_more_is_sent);
    tcase_add_test(registers, the_divisor_hides_behind_dlab_and_the_fifo_can_be_cleared);
    tcase_add_test(registers, in_loop_mode_bytes_come_back);
    tcase_add_test(registers, accesses_that_the_chip_does_not_have_fault);
    suite_add_tcase(suite, registers);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
