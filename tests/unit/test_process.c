/*
 * test_process.c: from a program file to a process that runs and ends: segments, stack, scripts,
 * the system-call table, and what is counted.
 */
#include "emu/isa/encode.h"
#include "emu/user/load.h"
#include "emu/user/script.h"
#include "emu/user/stack.h"
#include "emu/user/syscall.h"
#include "emu/user/user.h"
#include "tests/unit/unit_main.h"

/* NOLINTBEGIN(bugprone-reserved-identifier): the kernel header's own switches */
#define __ARCH_WANT_NEW_STAT
#define __ARCH_WANT_SET_GET_RLIMIT
#define __ARCH_WANT_SYS_CLONE3
/* NOLINTEND(bugprone-reserved-identifier) */
#include <asm-generic/unistd.h>
#define __NR_riscv_hwprobe      (__NR_arch_specific_syscall + 14)
#define __NR_riscv_flush_icache (__NR_arch_specific_syscall + 15)

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    TEXT = 0x10000, /* gva of the test programs' segment */
    A0 = 10,
    A7 = 17,
    CODE_MAX = 64, /* instructions */
};

/* Segments. */

/* A file with the byte n & 0xff at offset n, as an image without segments. */
static struct elf_image image_new(void)
{
    struct elf_image image = {.fd = memfd_create("image", MFD_CLOEXEC), .machine = EM_RISCV};
    uint8_t bytes[3 * PAGE];

    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    ck_assert_int_eq(write(image.fd, bytes, sizeof bytes), (ssize_t)sizeof bytes);
    return image;
}

static void add_segment(struct elf_image *image, uint64_t vaddr, uint64_t memsz, uint64_t offset,
                        uint64_t filesz, unsigned flags)
{
    image->segments[image->segment_count++] = (struct elf_segment){
        .vaddr = vaddr, .memsz = memsz, .offset = offset, .filesz = filesz, .flags = flags};
}

static void load(struct space *space, const struct elf_image *image)
{
    struct err err;

    ck_assert_int_eq(space_init(space, &err), 0);
    ck_assert_msg(load_segments(space, image, &err) == 0, "%s", err.text);
}

static void expect_perm(const struct space *space, uint64_t gva, uint8_t perm)
{
    ck_assert_uint_eq(space->perm[gva / PAGE], perm);
}

START_TEST(segments_have_their_bytes_their_zeros_and_their_rights)
{
    struct elf_image image = image_new();
    struct space space;

    add_segment(&image, TEXT, 0x1080, 0x10, 0x1080, ELF_READ | ELF_EXEC);
    add_segment(&image, TEXT + 0x3020, 0x3000, 0x20, 0x30, ELF_READ | ELF_WRITE);
    load(&space, &image);
    expect_perm(&space, TEXT - PAGE, 0);
    expect_perm(&space, TEXT, MEM_MAPPED | MEM_READ | MEM_EXEC);
    expect_perm(&space, TEXT + PAGE, MEM_MAPPED | MEM_READ | MEM_EXEC);
    expect_perm(&space, TEXT + 2 * PAGE, 0);
    for (uint64_t page = 3; page < 7; page++)
        expect_perm(&space, TEXT + page * PAGE, MEM_MAPPED | MEM_READ | MEM_WRITE);
    expect_perm(&space, TEXT + 7 * PAGE, 0);
    for (uint64_t i = 0; i < 0x1080; i++)
        ck_assert_uint_eq(space.base[TEXT + i], (0x10 + i) & 0xff);
    ck_assert_uint_eq(space.base[TEXT + 0x1080], 0);
    ck_assert_uint_eq(space.base[TEXT + 0x3020 + 0x2f], 0x4f);
    for (uint64_t i = 0x30; i < 0x3000; i++)
        ck_assert_uint_eq(space.base[TEXT + 0x3020 + i], 0);
    ck_assert_uint_eq(space.heap, TEXT + 7 * PAGE);
    ck_assert_uint_eq(space.heap_end, space.heap);
    space_fini(&space);
}
END_TEST

START_TEST(two_segments_may_share_a_page_and_the_later_ones_rights_hold)
{
    struct elf_image image = image_new();
    struct space space;

    add_segment(&image, TEXT, 0x1100, 0, 0x1100, ELF_READ);
    add_segment(&image, TEXT + 0x1200, 0x100, 0x1200, 0x100, ELF_READ | ELF_WRITE);
    load(&space, &image);
    expect_perm(&space, TEXT, MEM_MAPPED | MEM_READ);
    expect_perm(&space, TEXT + PAGE, MEM_MAPPED | MEM_READ | MEM_WRITE);
    ck_assert_uint_eq(space.base[TEXT + 0x10ff], 0xff);
    ck_assert_uint_eq(space.base[TEXT + 0x1201], 0x01);
    space_fini(&space);
}
END_TEST

START_TEST(a_file_that_has_become_shorter_is_an_error)
{
    struct elf_image image = image_new();
    struct space space;
    struct err err;

    add_segment(&image, TEXT, 0x1000, 2 * PAGE + 1, 0x1000, ELF_READ);
    ck_assert_int_eq(space_init(&space, &err), 0);
    ck_assert_int_eq(load_segments(&space, &image, &err), -1);
    ck_assert_int_eq(err.code, EIO);
    space_fini(&space);
}
END_TEST

/* The stack. */

static uint64_t read_word(const struct space *space, uint64_t gva)
{
    uint64_t word;

    ck_assert_int_eq(space_read(space, gva, &word, sizeof word), 0);
    return word;
}

/* Checks that the vector at gva holds these strings and NULL; returns the gva behind it. */
static uint64_t expect_vector(const struct space *space, uint64_t gva, char *const *strings)
{
    char text[100];

    for (; *strings != NULL; strings++, gva += 8) {
        ck_assert_int_eq(space_string(space, read_word(space, gva), text, sizeof text),
                         (int64_t)strlen(*strings));
        ck_assert_str_eq(text, *strings);
    }
    ck_assert_uint_eq(read_word(space, gva), 0);
    return gva + 8;
}

static uint64_t find_auxiliary(const struct space *space, uint64_t gva, uint64_t type)
{
    while (read_word(space, gva) != type) {
        ck_assert_uint_ne(read_word(space, gva), AT_NULL);
        gva += 16;
    }
    return read_word(space, gva + 8);
}

START_TEST(the_stack_holds_argc_argv_envp_and_the_auxiliary_vector)
{
    char *const argv[] = {"program", "", "x", NULL};
    char *const envp[] = {"A=1", "B=2", NULL};
    const struct elf_image image = {.entry = 0x12340, .phdr_gva = 0x10040, .phnum = 5};
    /* One argument more moves everything by 8 bytes: sp must be aligned in both cases. */
    const struct stack_contents contents = {
        .path = "./path", .argv = argv + _i, .envp = envp, .image = &image};
    struct space space;
    struct err err;
    uint64_t sp, auxiliary;
    char text[16];

    ck_assert_int_eq(space_init(&space, &err), 0);
    ck_assert_int_eq(stack_build(&space, &contents, &sp, &err), 0);
    ck_assert_uint_eq(sp % 16, 0);
    ck_assert_uint_eq(read_word(&space, sp), (uint64_t)(3 - _i));
    auxiliary = expect_vector(&space, expect_vector(&space, sp + 8, argv + _i), envp);
    ck_assert_uint_eq(find_auxiliary(&space, auxiliary, AT_ENTRY), image.entry);
    ck_assert_uint_eq(find_auxiliary(&space, auxiliary, AT_PHDR), image.phdr_gva);
    ck_assert_uint_eq(find_auxiliary(&space, auxiliary, AT_PHNUM), image.phnum);
    ck_assert_uint_eq(find_auxiliary(&space, auxiliary, AT_PHENT), sizeof(Elf64_Phdr));
    ck_assert_uint_eq(find_auxiliary(&space, auxiliary, AT_PAGESZ), PAGE);
    /* A, C, I, M: bits 0, 2, 8, 12. */
    ck_assert_uint_eq(find_auxiliary(&space, auxiliary, AT_HWCAP), 0x1105);
    space_string(&space, find_auxiliary(&space, auxiliary, AT_EXECFN), text, sizeof text);
    ck_assert_str_eq(text, "./path");
    ck_assert_uint_eq(read_word(&space, SPACE_SPAN - 8), 0);
    expect_perm(&space, SPACE_STACK_BOTTOM, MEM_MAPPED | MEM_READ | MEM_WRITE);
    expect_perm(&space, SPACE_STACK_BOTTOM - PAGE, 0);
    space_fini(&space);
}
END_TEST

/* So many arguments and environment strings of that length: would Linux take them? */
struct argument_case {
    size_t argc, envc, length;
    bool fits;
};

static const struct argument_case argument_cases[] = {
    {1, 0, STACK_STRING_MAX - 1, true},
    {1, 0, STACK_STRING_MAX, false},
    {0, 1, STACK_STRING_MAX, false},
    {16, 0, STACK_STRING_MAX - 200, true},
    {16, 0, STACK_STRING_MAX - 1, false}, /* 2 MiB of strings leave no room for the pointers */
    {8, 8, STACK_STRING_MAX - 200, true},
    {8, 8, STACK_STRING_MAX - 1, false},
    {200000, 0, 1, true},
    {210000, 0, 2, false},
    {105000, 105000, 2, false},
};

START_TEST(too_many_arguments_are_e2big_and_those_that_fit_do_fit)
{
    const struct argument_case *row = &argument_cases[_i];
    char **argv = calloc(row->argc + 1, sizeof *argv);
    char **envp = calloc(row->envc + 1, sizeof *envp);
    char *string = calloc(row->length + 1, 1);
    const struct elf_image image = {.entry = 0};
    const struct stack_contents contents = {
        .path = "p", .argv = argv, .envp = envp, .image = &image};
    struct space space;
    struct err err;
    uint64_t sp;

    memset(string, 'x', row->length);
    for (size_t i = 0; i < row->argc; i++)
        argv[i] = string;
    for (size_t i = 0; i < row->envc; i++)
        envp[i] = string;
    ck_assert_int_eq(space_init(&space, &err), 0);
    if (row->fits) {
        ck_assert_int_eq(stack_build(&space, &contents, &sp, &err), 0);
        ck_assert_uint_eq(read_word(&space, sp), row->argc);
    } else {
        ck_assert_int_eq(stack_build(&space, &contents, &sp, &err), -1);
        ck_assert_int_eq(err.code, E2BIG);
    }
    space_fini(&space);
    free(string);
    free(envp);
    free(argv);
}
END_TEST

/* Scripts. */

struct script_case {
    const char *contents, *interpreter, *argument;
};

static const struct script_case script_cases[] = {
    {"#!/bin/sh\nrest", "/bin/sh", NULL},
    {"#! /bin/sh -x\n", "/bin/sh", "-x"},
    {"#!\t /bin/sh \t -x  -y \t\n", "/bin/sh", "-x  -y"},
    {"#!/bin/sh", "/bin/sh", NULL},
    {"#!/bin/sh   \n", "/bin/sh", NULL},
    {"#!\n/bin/sh\n", NULL, NULL},
    {"#!", NULL, NULL},
    {"#", NULL, NULL},
    {"", NULL, NULL},
    {" #!/bin/sh\n", NULL, NULL},
    {"\177ELF", NULL, NULL},
};

/* A new file with these contents; the path is to be unlinked and freed. */
static char *make_file(const void *contents, size_t size)
{
    char *path = strdup("/tmp/trivium-test.XXXXXX");
    int fd = mkstemp(path);

    ck_assert_int_ne(fd, -1);
    ck_assert_int_eq(fchmod(fd, 0700), 0);
    ck_assert_int_eq(write(fd, contents, size), (ssize_t)size);
    close(fd);
    return path;
}

START_TEST(the_first_line_of_a_script_names_interpreter_and_argument)
{
    const struct script_case *row = &script_cases[_i];
    char *path = make_file(row->contents, strlen(row->contents));
    struct script script;

    ck_assert_int_eq(script_read(&script, path), row->interpreter != NULL);
    if (row->interpreter != NULL) {
        ck_assert_str_eq(script.interpreter, row->interpreter);
        ck_assert_pstr_eq(script.argument, row->argument);
    }
    unlink(path);
    free(path);
}
END_TEST

/* The table. */

struct number_case {
    uint64_t number, kernel;
    const char *name;
};

static const struct number_case number_cases[] = {
#define PASS(number, name, kinds) {number, __NR_##name, #name},
#define OURS(number, name, kinds) {number, __NR_##name, #name},
#define QUIET(number, name)       {number, __NR_##name, #name},
#define NONE(number, name)        {number, __NR_##name, #name},
#include "emu/user/syscall_table.def"
#undef PASS
#undef OURS
#undef QUIET
#undef NONE
};

START_TEST(every_row_of_the_table_has_the_number_that_the_kernel_headers_give_it)
{
    for (size_t i = 0; i < sizeof number_cases / sizeof number_cases[0]; i++) {
        const struct number_case *row = &number_cases[i];

        ck_assert_msg(row->number == row->kernel, "%s is %lu, not %lu", row->name, row->kernel,
                      row->number);
        ck_assert_str_eq(user_syscall_name(row->number), row->name);
    }
    ck_assert_ptr_null(user_syscall_name(USER_SYSCALL_NUMBERS));
    ck_assert_ptr_null(user_syscall_name(UINT64_MAX));
}
END_TEST

START_TEST(the_kinds_of_every_row_are_known_letters_and_a_buffer_is_followed_by_its_size)
{
    for (uint64_t number = 0; number < USER_SYSCALL_NUMBERS; number++) {
        const char *kinds = syscall_row(number)->kinds;

        if (kinds == NULL)
            continue;
        ck_assert_uint_le(strlen(kinds), SYSCALL_ARGUMENTS);
        ck_assert_uint_eq(
            strspn(kinds, syscall_row(number)->way == SYSCALL_OURS ? "iaspb" : "ispb"),
            strlen(kinds));
        for (const char *kind = strchr(kinds, 'b'); kind != NULL; kind = strchr(kind + 1, 'b'))
            ck_assert_int_eq(kind[1], 'i');
    }
}
END_TEST

/* Whole programs, written into a file as one segment of code. */

struct code {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    uint32_t words[CODE_MAX];
    size_t count;
};

static void put(struct code *code, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
                int64_t imm)
{
    code->words[code->count++] = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);
}

static void put_call(struct code *code, unsigned number, int argument)
{
    put(code, ROW_ADDI, A0, 0, 0, argument);
    put(code, ROW_ADDI, A7, 0, 0, (int64_t)number);
    put(code, ROW_ECALL, 0, 0, 0, 0);
}

static char *write_program(struct code *code)
{
    const size_t start = offsetof(struct code, words);
    const size_t size = start + code->count * sizeof code->words[0];

    code->header = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_RISCV,
        .e_version = EV_CURRENT,
        .e_entry = TEXT + start,
        .e_phoff = offsetof(struct code, segment),
        .e_ehsize = sizeof code->header,
        .e_phentsize = sizeof code->segment,
        .e_phnum = 1,
    };
    code->segment = (Elf64_Phdr){
        .p_type = PT_LOAD,
        .p_flags = PF_R | PF_X,
        .p_vaddr = TEXT,
        .p_paddr = TEXT,
        .p_filesz = size,
        .p_memsz = size,
        .p_align = PAGE,
    };
    return make_file(code, size);
}

/* Runs the program in a child of its own; the status that wait() gives for it. */
static int run(struct code *code, struct user_totals *totals, bool count_rows)
{
    char *path = write_program(code);
    char *argv[] = {path, NULL};
    char *const envp[] = {NULL};
    const struct user_config config = {.engine = &engine_interp,
                                       .path = path,
                                       .argv = argv,
                                       .envp = envp,
                                       .totals = totals,
                                       .count_rows = count_rows};
    struct user_end end;
    struct err err;
    int status;
    pid_t child = fork();

    if (child == 0) {
        if (user_run(&config, &end, &err) == -1) {
            err_print(&err, stdout);
            _exit(125);
        }
        user_finish(&end);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    unlink(path);
    free(path);
    return status;
}

START_TEST(what_a_program_did_is_counted)
{
    struct user_totals *totals = user_totals_new();
    struct code code = {.count = 0};
    uint64_t rows = 0;
    int status;

    put_call(&code, __NR_getpid, 0);
    put_call(&code, __NR_sched_yield, 0);
    put_call(&code, __NR_exit_group, 42);
    status = run(&code, totals, _i == 1);
    ck_assert_int_eq(WEXITSTATUS(status), 42);
    ck_assert_uint_eq(totals->instructions, 9);
    ck_assert_uint_eq(totals->syscalls[__NR_getpid], 1);
    ck_assert_uint_eq(totals->syscalls[__NR_exit_group], 1);
    ck_assert_uint_eq(totals->syscalls[__NR_exit], 0);
    ck_assert_uint_eq(totals->processes_started, 1);
    ck_assert_uint_eq(totals->processes_ended, 1);
    ck_assert(totals->first_ended);
    ck_assert_int_eq(totals->first_end.status, 42);
    for (unsigned row = 0; row < ROW_COUNT; row++)
        rows += totals->rows.executed[row];
    ck_assert_uint_eq(rows, _i == 1 ? 9 : 0);
    ck_assert_uint_eq(totals->rows.executed[ROW_ECALL], _i == 1 ? 3 : 0);
    user_totals_free(totals);
}
END_TEST

START_TEST(children_count_their_own_work_once)
{
    struct user_totals *totals = user_totals_new();
    struct code code = {.count = 0};
    int status;

    /* clone(SIGCHLD, 0, ...) three times: eight processes. */
    put(&code, ROW_ADDI, A0 + 1, 0, 0, 0);
    for (int i = 0; i < 3; i++)
        put_call(&code, __NR_clone, SIGCHLD);
    put_call(&code, __NR_wait4, -1);
    put_call(&code, __NR_wait4, -1);
    put_call(&code, __NR_wait4, -1);
    put_call(&code, __NR_exit_group, 0);
    status = run(&code, totals, true);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(totals->processes_started, 8);
    ck_assert_uint_eq(totals->processes_ended, 8);
    /* 1 + 3 before the first fork; then 3 in two processes, 3 in four, 12 in eight. */
    ck_assert_uint_eq(totals->instructions, 4 + 2 * 3 + 4 * 3 + 8 * 12);
    ck_assert_uint_eq(totals->rows.executed[ROW_ECALL], 1 + 2 + 4 + 8 * 4);
    user_totals_free(totals);
}
END_TEST

START_TEST(a_fault_of_the_program_kills_the_host_process_by_the_same_signal)
{
    struct user_totals *totals = user_totals_new();
    struct code code = {.count = 0};
    int status;

    put(&code, ROW_EBREAK, 0, 0, 0, 0);
    status = run(&code, totals, false);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGTRAP);
    ck_assert(!WCOREDUMP(status));
    ck_assert(user_totals_explain(totals, SIGTRAP));
    ck_assert(!user_totals_explain(totals, SIGSEGV));
    ck_assert_uint_eq(totals->instructions, 0);
    user_totals_free(totals);
}
END_TEST

START_TEST(a_program_that_cannot_be_loaded_leaves_everything_as_it_was)
{
    char *const none[] = {NULL};
    const struct user_config config = {
        .engine = &engine_interp, .path = "/dev/null", .argv = none, .envp = none};
    struct sigaction action;
    struct user_end end;
    struct err err;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    ck_assert_int_eq(user_run(&config, &end, &err), -1);
    ck_assert_int_eq(err.code, EACCES);
    ck_assert_int_ne(fcntl(fd, F_GETFD), -1);
    ck_assert_int_eq(sigaction(SIGBUS, NULL, &action), 0);
    ck_assert(action.sa_handler == SIG_DFL);
}
END_TEST

static void add_file_tests(Suite *suite)
{
    TCase *tests = tcase_create("file");

    tcase_add_test(tests, segments_have_their_bytes_their_zeros_and_their_rights);
    tcase_add_test(tests, two_segments_may_share_a_page_and_the_later_ones_rights_hold);
    tcase_add_test(tests, a_file_that_has_become_shorter_is_an_error);
    tcase_add_loop_test(tests, the_stack_holds_argc_argv_envp_and_the_auxiliary_vector, 0, 3);
    tcase_add_loop_test(tests, too_many_arguments_are_e2big_and_those_that_fit_do_fit, 0,
                        (int)(sizeof argument_cases / sizeof argument_cases[0]));
    tcase_add_loop_test(tests, the_first_line_of_a_script_names_interpreter_and_argument, 0,
                        (int)(sizeof script_cases / sizeof script_cases[0]));
    suite_add_tcase(suite, tests);
}

static Suite *suite(void)
{
    Suite *suite = suite_create("process");
    TCase *tests = tcase_create("program");

    add_file_tests(suite);
    tcase_add_test(tests, every_row_of_the_table_has_the_number_that_the_kernel_headers_give_it);
    tcase_add_test(tests,
                   the_kinds_of_every_row_are_known_letters_and_a_buffer_is_followed_by_its_size);
    tcase_add_loop_test(tests, what_a_program_did_is_counted, 0, 2);
    tcase_add_test(tests, children_count_their_own_work_once);
    tcase_add_test(tests, a_fault_of_the_program_kills_the_host_process_by_the_same_signal);
    tcase_add_test(tests, a_program_that_cannot_be_loaded_leaves_everything_as_it_was);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
