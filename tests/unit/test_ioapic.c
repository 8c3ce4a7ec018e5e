/* test_ioapic.c: the I/O APIC: what the guest sees of it, and what KVM hears. */
#include "tests/unit/kvm_host.h"
#include "tests/unit/unit_main.h"

enum { INDEX = 0, DATA = 0x10, LINE = 3, ENTRY = 0x10 + 2 * LINE, VECTOR = 0x61 };
enum { MASK = 1 << 16, LEVEL = 1 << 15, REMOTE_IRR = 1 << 14 };

struct chip {
    struct kvm_host host;
    struct vm vm;
    struct bus bus;
    struct ioapic ioapic;
    struct err err;
};

static void put(struct chip *chip, uint32_t index, uint32_t value)
{
    ck_assert(bus_store(&chip->bus, VM_IOAPIC + INDEX, 32, index));
    ck_assert(bus_store(&chip->bus, VM_IOAPIC + DATA, 32, value));
}

static uint32_t get(struct chip *chip, uint32_t index)
{
    uint64_t value;

    ck_assert(bus_store(&chip->bus, VM_IOAPIC + INDEX, 32, index));
    ck_assert(bus_load(&chip->bus, VM_IOAPIC + DATA, 32, &value));
    return (uint32_t)value;
}

static void chip_init(struct chip *chip)
{
    struct bus_range range;

    memset(chip, 0, sizeof *chip);
    host_init(&chip->host);
    chip->vm = (struct vm){.ops = &chip->host.ops, .system = HOST_SYSTEM, .fd = HOST_VM};
    ck_assert_int_eq(ioapic_init(&chip->ioapic, &chip->vm, &chip->err), 0);
    range = ioapic_range(&chip->ioapic, VM_IOAPIC);
    bus_register(&chip->bus, &range);
}

static void set_line(struct chip *chip, bool level)
{
    ck_assert_int_eq(ioapic_set_line(&chip->ioapic, LINE, level, &chip->err), 0);
}

static void end(struct chip *chip, uint8_t vector)
{
    ck_assert_int_eq(ioapic_end(&chip->ioapic, vector, &chip->err), 0);
}

static unsigned tables_of(const struct chip *chip)
{
    unsigned count = 0;

    for (unsigned i = 0; i < chip->host.log_count; i++)
        count += chip->host.log[i] == KVM_SET_GSI_ROUTING;
    return count;
}

START_TEST(registers_are_those_of_the_data_sheet)
{
    static struct chip chip;
    uint64_t value;

    chip_init(&chip);
    ck_assert_uint_eq(get(&chip, 1), 0x170011);
    ck_assert_uint_eq(get(&chip, ENTRY), MASK);
    put(&chip, ENTRY + 1, 0xab000000);
    put(&chip, ENTRY, MASK | LEVEL | REMOTE_IRR | VECTOR);
    ck_assert_uint_eq(get(&chip, ENTRY), MASK | LEVEL | VECTOR); /* one bit is not the guest's */
    ck_assert_uint_eq(get(&chip, ENTRY + 1), 0xab000000);
    put(&chip, 0x40, 1); /* behind the last entry */
    ck_assert_uint_eq(get(&chip, 0x40), 0);
    ck_assert(!bus_store(&chip.bus, VM_IOAPIC + DATA, 8, 0));
    ck_assert(!bus_load(&chip.bus, VM_IOAPIC + DATA, 64, &value));
    ck_assert(bus_store(&chip.bus, VM_IOAPIC + 0x20, 32, 1)); /* no register */
}
END_TEST

START_TEST(a_masked_line_is_nobodys_business)
{
    static struct chip chip;

    chip_init(&chip);
    set_line(&chip, true);
    ck_assert_uint_eq(chip.host.rises[LINE], 0);
    put(&chip, ENTRY, LEVEL | VECTOR); /* and a level is still there afterwards */
    ck_assert_uint_eq(chip.host.rises[LINE], 1);
}
END_TEST

START_TEST(a_level_is_sent_again_when_its_interrupt_has_ended)
{
    static struct chip chip;

    chip_init(&chip);
    put(&chip, ENTRY, LEVEL | VECTOR);
    set_line(&chip, true);
    set_line(&chip, true);
    ck_assert_uint_eq(chip.host.rises[LINE], 1);
    ck_assert_uint_eq(get(&chip, ENTRY), LEVEL | REMOTE_IRR | VECTOR);
    end(&chip, VECTOR + 1);
    ck_assert_uint_eq(chip.host.rises[LINE], 1);
    end(&chip, VECTOR);
    ck_assert_uint_eq(chip.host.rises[LINE], 2);
    set_line(&chip, false);
    end(&chip, VECTOR);
    ck_assert_uint_eq(chip.host.rises[LINE], 2);
    ck_assert_uint_eq(get(&chip, ENTRY), LEVEL | VECTOR);
}
END_TEST

START_TEST(an_edge_is_sent_once)
{
    static struct chip chip;

    chip_init(&chip);
    put(&chip, ENTRY, VECTOR);
    set_line(&chip, true);
    end(&chip, VECTOR);
    ck_assert_uint_eq(chip.host.rises[LINE], 1);
    ck_assert_uint_eq(get(&chip, ENTRY), VECTOR);
}
END_TEST

START_TEST(kvm_gets_a_new_table_only_when_the_guess_was_wrong)
{
    static struct chip chip;

    chip_init(&chip);
    ck_assert_uint_eq(tables_of(&chip), 1);
    put(&chip, ENTRY, LEVEL | (VM_IRQ_VECTOR + LINE));
    ck_assert_uint_eq(tables_of(&chip), 1);
    put(&chip, ENTRY, MASK | VECTOR);
    ck_assert_uint_eq(tables_of(&chip), 1);
    put(&chip, ENTRY, LEVEL | VECTOR);
    ck_assert_uint_eq(tables_of(&chip), 2);
    chip.host.refuse = KVM_SET_GSI_ROUTING;
    chip.host.refusal = EINVAL;
    put(&chip, ENTRY, LEVEL | (VECTOR + 1));
    ck_assert(chip.ioapic.failed);
    ck_assert_int_eq(chip.ioapic.err.code, EINVAL);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("ioapic");
    TCase *cases = tcase_create("lines");

    tcase_add_test(cases, registers_are_those_of_the_data_sheet);
    tcase_add_test(cases, a_masked_line_is_nobodys_business);
    tcase_add_test(cases, a_level_is_sent_again_when_its_interrupt_has_ended);
    tcase_add_test(cases, an_edge_is_sent_once);
    tcase_add_test(cases, kvm_gets_a_new_table_only_when_the_guess_was_wrong);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
