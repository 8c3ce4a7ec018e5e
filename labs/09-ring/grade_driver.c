/* grade_driver.c: the tests of the guest's end of the virtio ring, and of both ends; see driver.h.
 */
#include "labs/09-ring/driver.h"
#include "labs/09-ring/rows.h"

#include <stdlib.h>
#include <string.h>

enum { NEXT = 1, DEVICE_WRITES = 2, TURNS = 40, LINES = 66000 };

/* VIRTIO 1.2, 2.7.5 */
struct descriptor {
    uint64_t gpa;
    uint32_t size;
    uint16_t flags, next;
};

static const struct virtqueue *queue_of(const struct driver *driver)
{
    return &driver->virtio.state.queues[DRIVER_QUEUE];
}

/* A driver that has started, and has made so many requests. */
static struct driver *started(struct grade *grade, uint16_t requests)
{
    struct driver *driver = driver_new(grade_random(grade));

    if (!kernel_start())
        abort();
    driver_set(driver, queue_of(driver)->available + 2, requests);
    driver_set(driver, queue_of(driver)->used + 2, requests);
    kernel_answered_so_far(requests);
    return driver;
}

/* Soon runs over. */
static uint16_t near_the_end(struct grade *grade)
{
    return (uint16_t)(65536 - 1 - grade_random(grade) % (TURNS / 2));
}

/* Some buffers, of which the last ones may be for the device to write. */
static size_t some_buffers(struct grade *grade, struct kernel_buffer buffers[3])
{
    size_t count = 1 + grade_random(grade) % 3, readable = grade_random(grade) % (count + 1);

    for (size_t i = 0; i < count; i++) {
        uint32_t offset = (uint32_t)(grade_random(grade) % DRIVER_PAGE);

        buffers[i].gpa = DRIVER_RAM + (8 + i) * DRIVER_PAGE + offset;
        buffers[i].size = 1 + (uint32_t)(grade_random(grade) % (DRIVER_PAGE - offset));
        buffers[i].device_writes = i >= readable;
    }
    return count;
}

int row_place(struct grade *grade)
{
    struct driver *driver = started(grade, 0);

    driver->deaf = true;
    for (unsigned turn = 0; turn < TURNS; turn++) {
        struct kernel_buffer buffers[3] = {{0}};
        size_t count = some_buffers(grade, buffers);

        kernel_submit(buffers, count);
        for (size_t i = 0; i < count; i++) {
            unsigned flags = (i + 1 < count ? NEXT : 0U) |
                             (buffers[i].device_writes ? (unsigned)DEVICE_WRITES : 0U);
            struct descriptor got;

            memcpy(&got,
                   driver->own + (queue_of(driver)->descriptors - DRIVER_RAM) + i * sizeof got,
                   sizeof got);
            if (got.gpa == buffers[i].gpa && got.size == buffers[i].size && got.flags == flags &&
                (i + 1 == count || got.next == i + 1))
                continue;
            grade_wrong("buffer %zu of %zu, for the device to %s: expected descriptor %zu to have "
                        "gpa 0x%llx, %u bytes, flags %u, next %zu; got 0x%llx, %u, %u, %u",
                        i + 1, count, buffers[i].device_writes ? "write" : "read", i,
                        (unsigned long long)buffers[i].gpa, buffers[i].size, flags, i + 1,
                        (unsigned long long)got.gpa, got.size, got.flags, got.next);
            if (got.gpa != buffers[i].gpa || got.size != buffers[i].size)
                return grade_hint("9.3.1", "The device knows physical addresses only");
            return ((got.flags ^ flags) & NEXT) != 0 || got.flags == flags
                       ? grade_hint("9.3.2", "Each but the last has a next one")
                       : grade_hint("9.3.3", "The device must not write what it should read");
        }
    }
    return GRADE_PASSED;
}

int row_publish(struct grade *grade)
{
    uint16_t first = near_the_end(grade);
    struct driver *driver = started(grade, first);
    uint64_t available = queue_of(driver)->available;

    driver->deaf = true;
    for (unsigned turn = 0; turn < TURNS; turn++) {
        struct kernel_buffer buffer = {DRIVER_RAM + 8 * DRIVER_PAGE, turn + 1, false};
        uint16_t index = (uint16_t)(first + turn), entry = index % DRIVER_SIZE;

        driver_set(driver, available + 4 + entry * 2U, 0xffff);
        kernel_submit(&buffer, 1);
        if (driver_get(driver, available + 2) != (uint16_t)(index + 1) ||
            driver_get(driver, available + 4 + entry * 2U) != 0) {
            grade_wrong("request %u: expected entry %u of the available ring to be 0 and the index "
                        "%u, got %u and %u",
                        index, entry, (uint16_t)(index + 1),
                        driver_get(driver, available + 4 + entry * 2U),
                        driver_get(driver, available + 2));
            return grade_hint("9.4.1", "The index runs on; the entry is the index modulo the size");
        }
        if (driver->doorbells != turn + 1 || driver->last_doorbell != DRIVER_QUEUE ||
            driver->unseen) {
            grade_wrong("request %u: expected one store of %u to the doorbell, behind the index; "
                        "got %u%s",
                        index, DRIVER_QUEUE, driver->doorbells - turn,
                        driver->unseen ? ", while the device could not see the index" : "");
            return grade_hint("9.4.3", "Whoever is rung for looks at once");
        }
        if (driver->unordered) {
            grade_wrong("request %u: expected what it consists of to be visible before the index "
                        "is; between them no barrier was seen",
                        index);
            return grade_hint("9.4.2", "The device may see the index, and behind it an old entry");
        }
    }
    return GRADE_PASSED;
}

/* The device answers: descriptor `head`, `more` steps on. */
static void answer(struct driver *driver, uint16_t head, uint16_t more)
{
    uint64_t used = queue_of(driver)->used;
    uint16_t index = driver_get(driver, used + 2);

    driver_set(driver, used + 4 + index % DRIVER_SIZE * 8U, head);
    driver_set(driver, used + 2, (uint16_t)(index + more));
}

static void answer_well(struct driver *driver)
{
    answer(driver, 0, 1);
}

static void answer_badly(struct driver *driver)
{
    answer(driver, 5, 1);
}

/* A device that answers what nobody asked: so many steps, that descriptor. */
static int one_that_lies(struct grade *grade, uint16_t head, uint16_t more)
{
    uint16_t first = near_the_end(grade);
    struct driver *driver = started(grade, first);

    answer(driver, head, more);
    if (kernel_answered() && kernel_says_broken())
        return GRADE_PASSED;
    grade_wrong(
        "request 0 is out, and the used ring has %u answers more, the first for %u: expected "
        "the device to be taken for broken",
        more, head);
    return grade_hint("9.5.3", "One request was made, and its head is 0");
}

/* The device answers just before the driver orders its loads, or else before its next look. */
static int one_in_between(struct grade *grade, uint16_t first, bool well)
{
    struct driver *driver = started(grade, first);
    bool answered;

    driver->at_turn = well ? answer_well : answer_badly;
    answered = kernel_answered();
    if (!answered) {
        if (driver->at_turn != NULL)
            driver->at_turn(driver);
        driver->at_turn = NULL;
        driver->ordered = 0;
        answered = kernel_answered();
    }
    if (!answered || driver->ordered == 0) {
        grade_wrong("answered while the driver looked: expected it to be seen, and an acquire or a "
                    "barrier behind the index; %s",
                    answered ? "there was none" : "it was not seen");
        return grade_hint(answered ? "9.5.2" : "9.5.1", "The index changes while you look");
    }
    if (kernel_says_broken() != well)
        return GRADE_PASSED;
    grade_wrong("answered, for descriptor %u, while the driver looked: expected the device to be "
                "taken for %s",
                well ? 0 : 5, well ? "good" : "broken");
    return grade_hint("9.5.2", "What was loaded before the index may be older than it");
}

int row_answer(struct grade *grade)
{
    uint16_t first = near_the_end(grade);
    struct driver *driver = started(grade, first);

    for (unsigned turn = 0; turn < TURNS; turn++) {
        bool before = kernel_answered(), after, again;

        answer_well(driver);
        after = kernel_answered();
        again = kernel_answered();
        if (!before && after && !again && !kernel_says_broken())
            continue;
        grade_wrong(
            "request %u: expected no answer before the device gives it, then one, once; got "
            "%d, %d, %d%s",
            (uint16_t)(first + turn), before, after, again,
            kernel_says_broken() ? ", and a device taken for broken" : "");
        return grade_hint("9.5.1", "The used ring has an index, too; 16 bits, like the other");
    }
    if (one_that_lies(grade, 5, 1) != GRADE_PASSED || one_that_lies(grade, 0, 2) != GRADE_PASSED ||
        one_that_lies(grade, 0, 0x8000) != GRADE_PASSED)
        return GRADE_WRONG;
    return one_in_between(grade, near_the_end(grade), false) != GRADE_PASSED
               ? GRADE_WRONG
               : one_in_between(grade, near_the_end(grade), true);
}

/* Letters. */
static void some_text(struct grade *grade, char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        text[i] = (char)('a' + grade_random(grade) % 26);
}

/* Did the driver write behind a page that it was given? */
static bool wrote_behind(const struct driver *driver)
{
    for (unsigned page = 0; page < DRIVER_PAGES; page++)
        for (unsigned i = 0; page % DRIVER_GAP != 0 && i < DRIVER_PAGE; i++)
            if (driver->own[page * DRIVER_PAGE + i] != 0)
                return true;
    return false;
}

/* Writes that text; one notice for each page of it, and all of it comes out. */
static int write_well(struct driver *driver, const char *text, size_t length)
{
    unsigned pages = (unsigned)((length + DRIVER_PAGE - 1) / DRIVER_PAGE);

    driver->shown_count = 0;
    driver->doorbells = 0;
    kernel_write(text, length);
    if (driver->reused) {
        grade_wrong("%zu bytes: expected no byte of a buffer to change while the device has it",
                    length);
        return grade_hint("9.6.2", "The device reads when it has time");
    }
    if (wrote_behind(driver) || driver->rung || driver->shown_count != length ||
        memcmp(driver->shown, text, length) != 0) {
        grade_wrong("%zu bytes: expected just these to be sent when it returns, got %zu, %s",
                    length, driver->shown_count,
                    wrote_behind(driver) ? "and memory behind its page is changed"
                    : driver->rung       ? "and the last are not answered"
                                         : "others");
        return driver->rung ? grade_hint("9.6.2", "The device reads when it has time")
                            : grade_hint("9.6.1", "A page at a time, and the rest");
    }
    if (driver->doorbells == pages)
        return GRADE_PASSED;
    grade_wrong("%zu bytes: expected %u notices, or %zu exits for each KiB; got %u, or %zu", length,
                pages, pages * 1024 / length, driver->doorbells, driver->doorbells * 1024 / length);
    return grade_hint("9.6.1", "Each notice is an exit");
}

int row_write(struct grade *grade)
{
    char text[3 * DRIVER_PAGE + 1000];
    struct driver *driver = driver_new(grade_random(grade));
    const size_t lengths[] = {1,
                              DRIVER_PAGE - 1,
                              DRIVER_PAGE,
                              DRIVER_PAGE + 1,
                              sizeof text,
                              1 + grade_random(grade) % DRIVER_PAGE,
                              2 * DRIVER_PAGE,
                              100};

    if (!kernel_console())
        abort();
    for (unsigned turn = 0; turn < TURNS; turn++) {
        size_t length = lengths[turn % (sizeof lengths / sizeof *lengths)];

        some_text(grade, text, length);
        if (write_well(driver, text, length) != GRADE_PASSED)
            return GRADE_WRONG;
    }
    driver->lies = true;
    driver->doorbells = 0;
    kernel_write(text, sizeof text);
    if (driver->doorbells == 1)
        return GRADE_PASSED;
    grade_wrong(
        "the device answers what nobody asked: expected it not to be asked again, but it was "
        "rung for %u times",
        driver->doorbells);
    return grade_hint("9.6.3", "A device that is broken stays so");
}

/* Both ends, for longer than an index is long. */
int row_both(struct grade *grade)
{
    char text[16 * DRIVER_PAGE];
    struct driver *driver = driver_new(grade_random(grade));
    unsigned per_kib;

    if (!kernel_console())
        abort();
    for (unsigned line = 0; line < LINES; line++) {
        size_t length = 1 + grade_random(grade) % 40;

        some_text(grade, text, length);
        driver->shown_count = 0;
        kernel_write(text, length);
        if (driver->shown_count != length || memcmp(driver->shown, text, length) != 0)
            return grade_wrong("line %u of %u: expected its %zu bytes, got %zu, or others", line,
                               LINES, length, driver->shown_count);
    }
    some_text(grade, text, sizeof text);
    driver->doorbells = 0;
    kernel_write(text, sizeof text);
    per_kib = (unsigned)(driver->doorbells * 1024 / sizeof text);
    return per_kib < 1 ? GRADE_PASSED
                       : grade_wrong("exits for each KiB: expected less than 1, got %u", per_kib);
}
