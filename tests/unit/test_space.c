/*
 * test_space.c: the guest's address space.
 *
 * The main test compares it with a model, one byte of rights and one of contents for each page of a
 * small window: after each of many random operations the permission array, the host's own opinion
 * (does a system call on the page answer EFAULT?) and the contents have to agree with the model.
 */
#include "emu/user/space.h"
#include "tests/random.h"
#include "tests/unit/unit_main.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    WINDOW = 0x200000, /* gva where the window starts, and the heap with it */
    WINDOW_PAGES = 48,
    OPERATIONS = 5000,
};

struct model {
    uint8_t perm[WINDOW_PAGES];
    uint8_t content[WINDOW_PAGES]; /* the first byte of each mapped page */
    uint64_t heap_end;
};

static void init(struct space *space)
{
    struct err err;

    ck_assert_msg(space_init(space, &err) == 0, "%s", err.text);
}

static int64_t map(struct space *space, uint64_t gva, uint64_t length, uint64_t prot,
                   uint64_t flags)
{
    const struct space_request request = {
        .gva = gva,
        .length = length,
        .prot = prot,
        .flags = MAP_PRIVATE | MAP_ANONYMOUS | flags,
        .fd = -1,
    };

    return space_map(space, &request);
}

/* A pipe is a host kernel that reads and writes guest memory and does not care what is in it. */
struct probe {
    int in, out;
};

static struct probe probe_new(void)
{
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    return (struct probe){.in = fds[1], .out = fds[0]};
}

static bool host_may_read(struct probe probe, const uint8_t *hva)
{
    char byte;

    if (write(probe.in, hva, 1) != 1)
        return false;
    ck_assert_int_eq(read(probe.out, &byte, 1), 1);
    return true;
}

/* Writes back what stands there. Only for pages that can be read. */
static bool host_may_write(struct probe probe, uint8_t *hva)
{
    char byte;

    ck_assert_int_eq(write(probe.in, hva, 1), 1);
    if (read(probe.out, hva, 1) == 1)
        return true;
    ck_assert_int_eq(read(probe.out, &byte, 1), 1);
    return false;
}

static uint64_t page_gva(unsigned page)
{
    return WINDOW + (uint64_t)page * PAGE;
}

static uint8_t model_perm(uint64_t prot)
{
    return (uint8_t)(MEM_MAPPED | prot | (prot & PROT_WRITE ? MEM_READ : 0));
}

static bool model_is_free(const struct model *model, unsigned first, unsigned count)
{
    for (unsigned page = first; page < first + count; page++) {
        if (page < WINDOW_PAGES && model->perm[page] != 0)
            return false;
    }
    return true;
}

static void model_set(struct model *model, unsigned first, unsigned count, uint8_t perm)
{
    memset(model->perm + first, perm, count);
    memset(model->content + first, 0, count);
}

static void check_map(struct space *space, struct model *model, struct random *random,
                      unsigned first, unsigned count)
{
    uint64_t prot = random_below(random, 8);
    bool replace = random_below(random, 2) == 0;
    int64_t expected =
        replace || model_is_free(model, first, count) ? (int64_t)page_gva(first) : -EEXIST;

    ck_assert_int_eq(map(space, page_gva(first), count * PAGE - random_below(random, PAGE), prot,
                         replace ? MAP_FIXED : MAP_FIXED_NOREPLACE),
                     expected);
    if (expected > 0)
        model_set(model, first, count, model_perm(prot));
}

static void check_protect(struct space *space, struct model *model, struct random *random,
                          unsigned first, unsigned count)
{
    uint64_t prot = random_below(random, 8);
    int expected = 0;

    for (unsigned page = first; page < first + count; page++) {
        if (model->perm[page] == 0) {
            expected = -ENOMEM;
            break;
        }
        model->perm[page] = model_perm(prot);
    }
    ck_assert_int_eq(space_protect(space, page_gva(first), count * PAGE, prot), expected);
}

static void check_brk(struct space *space, struct model *model, struct random *random)
{
    uint64_t wanted = WINDOW - PAGE + random_below(random, (WINDOW_PAGES + 1) * PAGE);
    unsigned old_page = (unsigned)((model->heap_end - WINDOW + PAGE - 1) / PAGE);
    unsigned new_page = wanted < WINDOW ? 0 : (unsigned)((wanted - WINDOW + PAGE - 1) / PAGE);

    if (wanted >= WINDOW && new_page <= old_page) {
        model_set(model, new_page, old_page - new_page, 0);
        model->heap_end = wanted;
    } else if (wanted >= WINDOW && model_is_free(model, old_page, new_page - old_page + 1)) {
        model_set(model, old_page, new_page - old_page, MEM_MAPPED | MEM_READ | MEM_WRITE);
        model->heap_end = wanted;
    }
    ck_assert_uint_eq(space_brk(space, wanted), model->heap_end);
}

static void check_write(struct space *space, struct model *model, unsigned page, uint8_t byte)
{
    bool may = (model->perm[page] & MEM_WRITE) != 0;

    ck_assert_int_eq(space_write(space, page_gva(page), &byte, 1), may ? 0 : -EFAULT);
    if (may)
        model->content[page] = byte;
}

static void check_page(const struct space *space, const struct model *model, struct probe probe,
                       unsigned page)
{
    uint8_t perm = model->perm[page];
    uint8_t *hva = space->base + page_gva(page);
    bool readable = (perm & (MEM_READ | MEM_EXEC)) != 0;

    ck_assert_int_eq(host_may_read(probe, hva), readable);
    if (readable) {
        ck_assert_uint_eq(*hva, model->content[page]);
        ck_assert_int_eq(host_may_write(probe, hva), (perm & MEM_WRITE) != 0);
    }
    ck_assert_int_eq(space_is_mapped(space, page_gva(page), PAGE), perm != 0);
}

static void check_operation(struct space *space, struct model *model, struct random *random)
{
    unsigned first = (unsigned)random_below(random, WINDOW_PAGES);
    unsigned count = 1 + (unsigned)random_below(random, WINDOW_PAGES - first);

    if (random_below(random, 4) != 0) /* small ranges make more interesting patterns */
        count = 1 + (count - 1) % 4;
    switch (random_below(random, 5)) {
    case 0: check_map(space, model, random, first, count); break;
    case 1:
        ck_assert_int_eq(space_unmap(space, page_gva(first), count * PAGE), 0);
        model_set(model, first, count, 0);
        break;
    case 2: check_protect(space, model, random, first, count); break;
    case 3: check_brk(space, model, random); break;
    default: check_write(space, model, first, (uint8_t)random_next(random)); break;
    }
}

START_TEST(random_operations_leave_permissions_protections_and_contents_as_a_model_says)
{
    struct random random = random_begin();
    struct model model = {.heap_end = WINDOW};
    struct probe probe = probe_new();
    struct space space;

    init(&space);
    space.heap = WINDOW;
    space.heap_end = WINDOW;
    for (int i = 0; i < OPERATIONS; i++) {
        check_operation(&space, &model, &random);
        ck_assert_mem_eq(space.perm + WINDOW / PAGE, model.perm, WINDOW_PAGES);
        check_page(&space, &model, probe, (unsigned)random_below(&random, WINDOW_PAGES));
    }
    /* Nothing happened outside the window. */
    for (uint64_t page = 0; page < 4096; page++) {
        if (page < WINDOW / PAGE || page >= WINDOW / PAGE + WINDOW_PAGES)
            ck_assert_uint_eq(space.perm[page], 0);
    }
    space_fini(&space);
}
END_TEST

START_TEST(mappings_without_an_address_do_not_overlap_and_stay_below_the_stack)
{
    struct space space;
    uint64_t lowest = SPACE_MAP_TOP;

    init(&space);
    for (uint64_t i = 1; i < 40; i++) {
        int64_t gva = map(&space, 0, i * 1000, PROT_READ, 0);

        ck_assert_int_gt(gva, 0);
        ck_assert_uint_eq((uint64_t)gva + ((i * 1000 + PAGE - 1) & ~UINT64_C(4095)), lowest);
        lowest = (uint64_t)gva;
    }
    space_fini(&space);
}
END_TEST

START_TEST(a_hole_is_used_again_and_a_wish_is_granted_when_it_is_free)
{
    struct space space;
    int64_t first, second;

    init(&space);
    first = map(&space, 0, 3 * PAGE, PROT_READ, 0);
    second = map(&space, 0, PAGE, PROT_READ, 0);
    ck_assert_int_eq(space_unmap(&space, (uint64_t)first, 2 * PAGE), 0);
    ck_assert_int_eq(map(&space, 0, 3 * PAGE, PROT_READ, 0), second - 3 * PAGE);
    ck_assert_int_eq(map(&space, 0, 2 * PAGE, PROT_READ, 0), first);
    ck_assert_int_eq(map(&space, 0x7654321, PAGE, PROT_READ, 0), 0x7654000);
    ck_assert_int_ne(map(&space, 0x7654000, PAGE, PROT_READ, 0), 0x7654000);
    space_fini(&space);
}
END_TEST

struct bad_map {
    uint64_t gva, length, flags, offset;
    int64_t expected;
};

static const struct bad_map bad_maps[] = {
    {0, 0, 0, 0, -EINVAL},
    {0, PAGE, 0, 1, -EINVAL},
    {0, UINT64_MAX, 0, 0, -ENOMEM},
    {0, UINT64_MAX - PAGE, 0, 0, -ENOMEM},
    {0, SPACE_SPAN, 0, 0, -ENOMEM},
    {0, SPACE_SPAN + PAGE, 0, 0, -ENOMEM},
    {0, PAGE, MAP_HUGETLB, 0, -EINVAL},
    {0, PAGE, MAP_GROWSDOWN, 0, -EINVAL},
    {WINDOW + 1, PAGE, MAP_FIXED, 0, -EINVAL},
    {0, PAGE, MAP_FIXED, 0, -EPERM},
    {SPACE_LOWEST - PAGE, PAGE, MAP_FIXED, 0, -EPERM},
    {SPACE_SPAN, PAGE, MAP_FIXED, 0, -ENOMEM},
    {SPACE_SPAN - PAGE, 2 * PAGE, MAP_FIXED, 0, -ENOMEM},
    {UINT64_MAX - PAGE + 1, PAGE, MAP_FIXED, 0, -ENOMEM},
    {UINT64_MAX - PAGE + 1, 2 * PAGE, MAP_FIXED_NOREPLACE, 0, -ENOMEM},
};

START_TEST(an_impossible_mmap_is_refused_with_the_errno_of_linux)
{
    const struct bad_map *bad = &bad_maps[_i];
    const struct space_request request = {
        .gva = bad->gva,
        .length = bad->length,
        .flags = MAP_PRIVATE | MAP_ANONYMOUS | bad->flags,
        .fd = -1,
        .offset = bad->offset,
    };
    struct space space;

    init(&space);
    ck_assert_int_eq(space_map(&space, &request), bad->expected);
    space_fini(&space);
}
END_TEST

START_TEST(bad_ranges_of_munmap_and_mprotect_are_refused)
{
    struct space space;

    init(&space);
    ck_assert_int_eq(space_unmap(&space, WINDOW, 0), -EINVAL);
    ck_assert_int_eq(space_unmap(&space, WINDOW + 1, PAGE), -EINVAL);
    ck_assert_int_eq(space_unmap(&space, SPACE_SPAN - PAGE, 2 * PAGE), -EINVAL);
    ck_assert_int_eq(space_unmap(&space, WINDOW, UINT64_MAX), -EINVAL);
    ck_assert_int_eq(space_unmap(&space, WINDOW, PAGE), 0); /* nothing there: fine, as in Linux */
    ck_assert_int_eq(space_protect(&space, WINDOW + 1, PAGE, PROT_READ), -EINVAL);
    ck_assert_int_eq(space_protect(&space, WINDOW, PAGE, 0x1000), -EINVAL);
    ck_assert_int_eq(space_protect(&space, WINDOW, PAGE, PROT_READ), -ENOMEM);
    ck_assert_int_eq(space_protect(&space, SPACE_SPAN, PAGE, PROT_READ), -ENOMEM);
    ck_assert_int_eq(space_protect(&space, WINDOW, UINT64_MAX, PROT_READ), -ENOMEM);
    ck_assert_int_eq(space_protect(&space, WINDOW, 0, PROT_READ), 0);
    space_fini(&space);
}
END_TEST

START_TEST(what_was_unmapped_belongs_to_the_reservation_again)
{
    struct probe probe = probe_new();
    struct space space;
    void *elsewhere;

    init(&space);
    ck_assert_int_eq(map(&space, WINDOW, PAGE, PROT_READ | PROT_WRITE, MAP_FIXED), WINDOW);
    ck_assert_int_eq(space_unmap(&space, WINDOW, PAGE), 0);
    ck_assert(!host_may_read(probe, space.base + WINDOW));
    /* The host must not be able to put a mapping of Trivium's own there. */
    elsewhere = mmap(space.base + WINDOW, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(elsewhere, space.base + WINDOW);
    space_fini(&space);
}
END_TEST

START_TEST(a_shared_mapping_is_shared_with_a_forked_child_and_a_private_one_is_not)
{
    struct space space;
    int64_t shared, own;
    pid_t child;
    int status;

    init(&space);
    own = map(&space, 0, PAGE, PROT_READ | PROT_WRITE, 0);
    shared = space_map(&space, &(struct space_request){.length = PAGE,
                                                       .prot = PROT_READ | PROT_WRITE,
                                                       .flags = MAP_SHARED | MAP_ANONYMOUS,
                                                       .fd = -1});
    ck_assert_int_gt(shared, 0);
    child = fork();
    if (child == 0) {
        space_write(&space, (uint64_t)own, "x", 1);
        space_write(&space, (uint64_t)shared, "x", 1);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_uint_eq(space.base[own], 0);
    ck_assert_uint_eq(space.base[shared], 'x');
    space_fini(&space);
}
END_TEST

START_TEST(a_file_can_be_mapped_and_a_bad_descriptor_cannot)
{
    struct space_request request = {.length = PAGE, .prot = PROT_READ, .flags = MAP_PRIVATE};
    struct space space;
    char byte;
    int64_t gva;

    init(&space);
    request.fd = memfd_create("file", MFD_CLOEXEC);
    ck_assert_int_eq(write(request.fd, "abc", 3), 3);
    gva = space_map(&space, &request);
    ck_assert_int_gt(gva, 0);
    ck_assert_int_eq(space_read(&space, (uint64_t)gva + 2, &byte, 1), 0);
    ck_assert_int_eq(byte, 'c');
    close(request.fd);
    ck_assert_int_eq(space_map(&space, &request), -EBADF);
    space_fini(&space);
}
END_TEST

START_TEST(a_mapping_that_fails_late_leaves_no_hole_in_the_reservation)
{
    struct space_request request = {
        .gva = WINDOW,
        .length = PAGE,
        .prot = PROT_READ | PROT_WRITE,
        .flags = MAP_SHARED | MAP_FIXED,
    };
    struct probe probe = probe_new();
    struct space space;
    void *elsewhere;

    init(&space);
    map(&space, WINDOW, PAGE, PROT_READ, MAP_FIXED);
    /* A sealed file is refused by its file system, later than a bad descriptor by the kernel. */
    request.fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    ck_assert_int_eq(ftruncate(request.fd, PAGE), 0);
    ck_assert_int_eq(fcntl(request.fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
    ck_assert_int_eq(space_map(&space, &request), -EPERM);
    /* Whether the old mapping survives depends on the host; that we know it does not. */
    ck_assert_int_eq(host_may_read(probe, space.base + WINDOW), space.perm[WINDOW / PAGE] != 0);
    elsewhere = mmap(space.base + WINDOW, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(elsewhere, space.base + WINDOW);
    space_fini(&space);
}
END_TEST

START_TEST(an_address_outside_becomes_one_that_the_host_kernel_answers_efault_for)
{
    struct probe probe = probe_new();
    struct space space;
    const uint8_t *outside[4];

    init(&space);
    ck_assert_ptr_null(space_pointer(&space, 0));
    ck_assert_ptr_null(space_buffer(&space, 0, 100));
    ck_assert_ptr_eq(space_pointer(&space, 5), space.base + 5);
    ck_assert_ptr_eq(space_buffer(&space, SPACE_SPAN - 1, 1), space.base + SPACE_SPAN - 1);
    outside[0] = space_pointer(&space, SPACE_SPAN);
    outside[1] = space_pointer(&space, UINT64_MAX);
    outside[2] = space_buffer(&space, SPACE_SPAN - 1, 2);
    outside[3] = space_buffer(&space, WINDOW, UINT64_MAX);
    for (unsigned i = 0; i < 4; i++) {
        errno = 0;
        ck_assert(!host_may_read(probe, outside[i]));
        ck_assert_int_eq(errno, EFAULT);
    }
    space_fini(&space);
}
END_TEST

START_TEST(strings_end_with_a_nul_a_limit_or_the_end_of_what_may_be_read)
{
    struct space space;
    char text[16];

    init(&space);
    map(&space, WINDOW, PAGE, PROT_READ | PROT_WRITE, MAP_FIXED);
    space_write(&space, WINDOW + PAGE - 4, "abc", 4);
    ck_assert_int_eq(space_string(&space, WINDOW + PAGE - 4, text, sizeof text), 3);
    ck_assert_str_eq(text, "abc");
    ck_assert_int_eq(space_string(&space, WINDOW + PAGE - 4, text, 3), -ENAMETOOLONG);
    space_write(&space, WINDOW + PAGE - 1, "d", 1);
    ck_assert_int_eq(space_string(&space, WINDOW + PAGE - 4, text, sizeof text), -EFAULT);
    ck_assert_int_eq(space_string(&space, 0, text, sizeof text), -EFAULT);
    ck_assert_int_eq(space_string(&space, UINT64_MAX, text, sizeof text), -EFAULT);
    space_fini(&space);
}
END_TEST

/* Bytes of address space that this process has: under a sanitizer that is a lot. */
static rlim_t address_space_used(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%lu", &pages), 1);
    fclose(file);
    return (rlim_t)pages * PAGE;
}

START_TEST(a_host_without_enough_address_space_is_told_with_the_fix)
{
    const rlim_t bytes = address_space_used() + (UINT64_C(1) << 34);
    const struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    struct space space;
    struct err err;

    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert_int_eq(space_init(&space, &err), -1);
    ck_assert_int_eq(err.code, ENOMEM);
    ck_assert_ptr_nonnull(strstr(err.text, "256 GiB"));
    ck_assert_ptr_nonnull(strstr(err.hint, "ulimit -v"));
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("space");
    TCase *tests = tcase_create("pages");

    tcase_set_timeout(tests, 30);
    tcase_add_test(tests,
                   random_operations_leave_permissions_protections_and_contents_as_a_model_says);
    tcase_add_test(tests, mappings_without_an_address_do_not_overlap_and_stay_below_the_stack);
    tcase_add_test(tests, a_hole_is_used_again_and_a_wish_is_granted_when_it_is_free);
    tcase_add_loop_test(tests, an_impossible_mmap_is_refused_with_the_errno_of_linux, 0,
                        (int)(sizeof bad_maps / sizeof bad_maps[0]));
    tcase_add_test(tests, bad_ranges_of_munmap_and_mprotect_are_refused);
    tcase_add_test(tests, what_was_unmapped_belongs_to_the_reservation_again);
    tcase_add_test(tests, a_shared_mapping_is_shared_with_a_forked_child_and_a_private_one_is_not);
    tcase_add_test(tests, a_file_can_be_mapped_and_a_bad_descriptor_cannot);
    tcase_add_test(tests, a_mapping_that_fails_late_leaves_no_hole_in_the_reservation);
    tcase_add_test(tests, an_address_outside_becomes_one_that_the_host_kernel_answers_efault_for);
    tcase_add_test(tests, strings_end_with_a_nul_a_limit_or_the_end_of_what_may_be_read);
    tcase_add_test(tests, a_host_without_enough_address_space_is_told_with_the_fix);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
