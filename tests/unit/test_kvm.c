/*
 * test_kvm.c: the virtual machine without KVM: a script plays the host's part, so that every
 * refusal and every exit can be had on every host.
 */
#include "kvm/explain.h"
#include "kvm/paging.h"
#include "kvm/pc.h"
#include "kvm/probe.h"
#include "tests/unit/unit_main.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RUN_SIZE = 8192, DATA_OFFSET = 4096, REQUESTS_MAX = 128, EXITS_MAX = 16 };
enum { FD_SYSTEM = 1000, FD_VM = 1001, FD_VCPU = 1002 };

/* An exit that KVM_RUN comes back with; or a negative errno. */
struct scripted {
    int error;
    uint32_t reason;
    uint16_t port;
    uint64_t gpa;
    bool is_write;
    uint8_t size;
    uint64_t value;
};

struct host {
    struct kvm_ops ops;
    int open_error;
    unsigned fail_at; /* the request of that number (from 1) fails */
    unsigned count;
    unsigned long requests[REQUESTS_MAX];
    int open_fds, mappings;
    const struct scripted *script; /* its last step is repeated */
    size_t script_length, step;
    uint64_t last_read; /* what the guest got by its last load or in */
    uint8_t run[RUN_SIZE] __attribute__((aligned(16)));
};

static int mock_open(void *owner, const char *path)
{
    struct host *host = owner;

    ck_assert_str_eq(path, "/dev/kvm");
    if (host->open_error != 0)
        return -host->open_error;
    host->open_fds++;
    return FD_SYSTEM;
}

static void take_answer(struct host *host)
{
    struct kvm_run *run = (struct kvm_run *)(void *)host->run;

    if (run->exit_reason == KVM_EXIT_IO && run->io.direction == KVM_EXIT_IO_IN)
        memcpy(&host->last_read, host->run + DATA_OFFSET, run->io.size);
    if (run->exit_reason == KVM_EXIT_MMIO && !run->mmio.is_write)
        memcpy(&host->last_read, run->mmio.data, sizeof host->last_read);
}

static int mock_run(struct host *host)
{
    struct kvm_run *run = (struct kvm_run *)(void *)host->run;
    const struct scripted *exit = &host->script[host->step];

    take_answer(host);
    host->last_read = host->step == 0 ? 0 : host->last_read;
    if (host->step + 1 < host->script_length)
        host->step++;
    if (exit->error != 0)
        return -exit->error;
    run->exit_reason = exit->reason;
    if (exit->reason == KVM_EXIT_IO) {
        run->io.direction = exit->is_write ? KVM_EXIT_IO_OUT : KVM_EXIT_IO_IN;
        run->io.size = exit->size;
        run->io.port = exit->port;
        run->io.count = 1;
        run->io.data_offset = DATA_OFFSET;
        memcpy(host->run + DATA_OFFSET, &exit->value, sizeof exit->value);
    } else if (exit->reason == KVM_EXIT_MMIO) {
        run->mmio.phys_addr = exit->gpa;
        run->mmio.len = exit->size;
        run->mmio.is_write = exit->is_write;
        memcpy(run->mmio.data, &exit->value, sizeof exit->value);
    }
    return 0;
}

static int mock_ioctl(void *owner, int fd, unsigned long request, void *argument)
{
    struct host *host = owner;

    ck_assert_int_ge(fd, FD_SYSTEM);
    if (request == KVM_RUN)
        return mock_run(host);
    ck_assert_uint_lt(host->count, REQUESTS_MAX);
    host->requests[host->count++] = request;
    if (host->count == host->fail_at)
        return -EINVAL;
    switch (request) {
    case KVM_GET_API_VERSION: return 12;
    case KVM_CREATE_VM: host->open_fds++; return FD_VM;
    case KVM_CREATE_VCPU: host->open_fds++; return FD_VCPU;
    case KVM_GET_VCPU_MMAP_SIZE: return RUN_SIZE;
    case KVM_GET_TSC_KHZ: return 2000000;
    case KVM_GET_SUPPORTED_CPUID:
        if (((struct kvm_cpuid2 *)argument)->nent < 100)
            return -E2BIG;
        ((struct kvm_cpuid2 *)argument)->nent = 1;
        return 0;
    case KVM_GET_SREGS: memset(argument, 0, sizeof(struct kvm_sregs)); return 0;
    default: return 0;
    }
}

static void *mock_map(void *owner, int fd, size_t size, int *error)
{
    struct host *host = owner;

    ck_assert_int_eq(fd, FD_VCPU);
    ck_assert_uint_eq(size, RUN_SIZE);
    *error = 0;
    host->mappings++;
    return host->run;
}

static void mock_unmap(void *owner, void *memory, size_t size)
{
    struct host *host = owner;

    ck_assert_ptr_eq(memory, host->run);
    ck_assert_uint_eq(size, RUN_SIZE);
    host->mappings--;
}

static void mock_close(void *owner, int fd)
{
    ck_assert_int_ge(fd, FD_SYSTEM);
    ((struct host *)owner)->open_fds--;
}

static void host_init(struct host *host, const struct scripted *script, size_t length)
{
    *host = (struct host){.script = script, .script_length = length};
    host->ops = (struct kvm_ops){.open = mock_open,
                                 .ioctl = mock_ioctl,
                                 .map = mock_map,
                                 .unmap = mock_unmap,
                                 .close = mock_close,
                                 .owner = host};
}

/* The bundled kernel, which is only loaded here. */
static const char *kernel_path(void)
{
    static char path[4096];
    const char *folder = getenv("O");

    snprintf(path, sizeof path, "%s/guest/x86_64/kernel", folder == NULL ? "build" : folder);
    return path;
}

/* A console that nobody types at. */
static void console_of_nobody(struct console *console)
{
    console_init(console, open("/dev/null", O_RDONLY), open("/dev/null", O_WRONLY));
}

static struct pc *make(struct host *host, struct console *console, struct err *err)
{
    const struct pc_config config = {.ops = &host->ops,
                                     .cpus = 1,
                                     .memory = VM_MEMORY_MIN,
                                     .kernel = kernel_path(),
                                     .bootargs = "init=/bin/hello",
                                     .console = console};

    return pc_new(&config, err);
}

/* Runs the script to the machine's end. */
static enum pc_end run_script(struct host *host, const struct scripted *script, size_t length,
                              struct pc_death *death, struct exit_counts *exits)
{
    struct console console;
    struct err err = {0};
    struct pc *pc;
    enum pc_end end;

    host_init(host, script, length);
    console_of_nobody(&console);
    pc = make(host, &console, &err);
    ck_assert_msg(pc != NULL, "%s", err.text);
    end = pc_run(pc);
    if (death != NULL)
        *death = pc->death;
    if (exits != NULL)
        *exits = pc_exits(pc);
    pc_free(pc);
    console_fini(&console);
    ck_assert_int_eq(host->open_fds, 0);
    ck_assert_int_eq(host->mappings, 0);
    return end;
}

#define POWER_OFF(code)                                                         \
    {                                                                           \
        .reason = KVM_EXIT_MMIO, .gpa = VM_SYSCON, .is_write = true, .size = 4, \
        .value = (code) << 16 | 0x3333                                          \
    }

static unsigned index_of(const struct host *host, unsigned long request)
{
    for (unsigned i = 0; i < host->count; i++) {
        if (host->requests[i] == request)
            return i;
    }
    ck_abort_msg("a request was not made");
    return 0;
}

START_TEST(memory_is_there_before_the_interrupt_controllers)
{
    const struct scripted script[] = {POWER_OFF(3)};
    struct host host;

    ck_assert_int_eq(run_script(&host, script, 1, NULL, NULL), PC_POWER_OFF);
    ck_assert_uint_lt(index_of(&host, KVM_SET_USER_MEMORY_REGION), index_of(&host, KVM_ENABLE_CAP));
    ck_assert_uint_lt(index_of(&host, KVM_ENABLE_CAP), index_of(&host, KVM_CREATE_VCPU));
}
END_TEST

START_TEST(every_refusal_is_told_and_nothing_is_left_open)
{
    const struct scripted script[] = {POWER_OFF(0)};
    unsigned count;
    struct host host;

    run_script(&host, script, 1, NULL, NULL);
    count = index_of(&host, KVM_SET_REGS) + 1;
    ck_assert_uint_gt(count, 10);
    for (unsigned i = 1; i <= count; i++) {
        struct console console;
        struct err err = {0};

        host_init(&host, script, 1);
        host.fail_at = i;
        console_of_nobody(&console);
        ck_assert_msg(make(&host, &console, &err) == NULL, "request %u", i);
        ck_assert_msg(strstr(err.text, "KVM") != NULL, "%s", err.text);
        ck_assert_int_eq(host.open_fds, 0);
        ck_assert_int_eq(host.mappings, 0);
        console_fini(&console);
    }
}
END_TEST

START_TEST(whoever_cannot_open_it_is_told_what_to_do)
{
    const struct {
        int error;
        const char *hint;
    } cases[] = {
        {ENOENT, "modprobe"}, {ENODEV, "modprobe"}, {EACCES, "usermod"}, {EPERM, "usermod"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct host host;
        struct err err = {0};
        struct vm vm;

        host_init(&host, NULL, 0);
        host.open_error = cases[i].error;
        ck_assert_int_eq(vm_open(&vm, &host.ops, &err), -1);
        ck_assert(strstr(err.text, "cannot open /dev/kvm") != NULL);
        ck_assert(strstr(err.hint, cases[i].hint) != NULL);
        ck_assert_int_eq(err.code, cases[i].error);
        vm_fini(&vm);
        ck_assert_int_eq(probe_kvm(&host.ops).class, PROBE_NONE);
    }
}
END_TEST

START_TEST(accesses_reach_their_devices_and_nobody_answers_all_ones)
{
    const struct scripted script[] = {
        {.reason = KVM_EXIT_IO,
         .port = VM_UART_PORT + 7,
         .is_write = true,
         .size = 1,
         .value = 0x5a},
        {.reason = KVM_EXIT_IO, .port = VM_UART_PORT + 7, .size = 1},
        {.reason = KVM_EXIT_IO, .port = 0x80, .size = 2},
        {.reason = KVM_EXIT_MMIO, .gpa = VM_SYSCON, .size = 3},
        {.reason = KVM_EXIT_MMIO, .gpa = VM_SYSCON + 0x10000, .size = 8},
        POWER_OFF(9),
    };
    struct exit_counts exits;
    struct host host;

    ck_assert_int_eq(run_script(&host, script, 6, NULL, &exits), PC_POWER_OFF);
    ck_assert_uint_eq(exits.reasons[KVM_EXIT_IO].count, 3);
    ck_assert_uint_eq(exits.reasons[KVM_EXIT_MMIO].count, 3);
    ck_assert_uint_eq(exits.unclaimed, 3);
    ck_assert_uint_eq(host.last_read, UINT64_MAX);
}
END_TEST

START_TEST(a_scratch_register_keeps_what_was_written)
{
    const struct scripted script[] = {
        {.reason = KVM_EXIT_IO,
         .port = VM_UART_PORT + 7,
         .is_write = true,
         .size = 1,
         .value = 0x5a},
        {.reason = KVM_EXIT_IO, .port = VM_UART_PORT + 7, .size = 1},
        POWER_OFF(9),
    };
    struct host host;

    ck_assert_int_eq(run_script(&host, script, 3, NULL, NULL), PC_POWER_OFF);
    ck_assert_uint_eq(host.last_read, 0x5a);
}
END_TEST

START_TEST(deaths_have_names_whatever_the_host_calls_them)
{
    const uint32_t reasons[] = {KVM_EXIT_SHUTDOWN, KVM_EXIT_INTERNAL_ERROR, KVM_EXIT_FAIL_ENTRY,
                                KVM_EXIT_EXCEPTION, 4711};

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        const struct scripted script[] = {{.reason = reasons[i]}};
        struct pc pc = {.end = PC_DIED};
        struct err err = {0};
        struct host host;

        ck_assert_int_eq(run_script(&host, script, 1, &pc.death, NULL), PC_DIED);
        ck_assert_uint_eq(pc.death.reason, reasons[i]);
        pc_explain_death(&pc, &err);
        ck_assert(strncmp(err.text, "the guest died: ", 16) == 0);
    }
}
END_TEST

START_TEST(an_interrupted_run_is_begun_again_and_a_refused_one_is_the_end)
{
    const struct scripted interrupted[] = {{.error = EAGAIN}, {.error = EINTR}, POWER_OFF(0)};
    const struct scripted refused[] = {{.error = EFAULT}};
    struct exit_counts exits;
    struct host host;

    ck_assert_int_eq(run_script(&host, interrupted, 3, NULL, &exits), PC_POWER_OFF);
    ck_assert_uint_eq(exits.interrupted, 2);
    ck_assert_int_eq(run_script(&host, refused, 1, NULL, NULL), PC_HOST_FAILED);
}
END_TEST

START_TEST(explaining_changes_nothing_and_tells_the_first_exits)
{
    const struct scripted script[] = {
        {.reason = KVM_EXIT_IO, .port = VM_UART_PORT, .is_write = true, .size = 1, .value = 'h'},
        {.reason = KVM_EXIT_IO, .port = VM_UART_PORT, .is_write = true, .size = 1, .value = 'i'},
        POWER_OFF(5),
    };
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    struct explain explain;
    struct console console;
    struct err err = {0};
    struct host host, told;
    struct pc *pc;

    host_init(&host, script, 3);
    explain_init(&explain, &host.ops, file, 1);
    told = host;
    told.ops = explain.ops;
    console_of_nobody(&console);
    pc = make(&told, &console, &err);
    ck_assert_msg(pc != NULL, "%s", err.text);
    ck_assert_int_eq(pc_run(pc), PC_POWER_OFF);
    ck_assert_int_eq(pc->status, 5);
    pc_free(pc);
    console_fini(&console);
    explain_fini(&explain);
    fclose(file);
    ck_assert_int_eq(host.open_fds, 0);
    ck_assert(strstr(text, "open /dev/kvm = 1000\n") != NULL);
    ck_assert(strstr(text, "KVM_CREATE_VM: ") != NULL);
    ck_assert(strstr(text, "out port 0x3f8, 1 byte: 0x68 'h'") != NULL);
    ck_assert(strstr(text, "'i'") == NULL);
    ck_assert(strstr(text, "... and 2 exits more") != NULL);
    free(text);
}
END_TEST

/* What the module's parameter says, in a folder that plays /sys/module. */
START_TEST(paging_is_what_the_module_says)
{
    static const struct {
        const char *parameter, *text;
        enum paging paging;
    } rows[] = {
        {NULL, NULL, PAGING_UNKNOWN},
        {"kvm_intel/parameters/ept", "Y\n", PAGING_NESTED},
        {"kvm_intel/parameters/ept", "N\n", PAGING_SHADOW},
        {"kvm_amd/parameters/npt", "1\n", PAGING_NESTED},
        {"kvm_amd/parameters/npt", "0\n", PAGING_SHADOW},
        {"kvm_amd/parameters/npt", "", PAGING_UNKNOWN},
        {"kvm_amd/parameters/npt", "?", PAGING_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char modules[] = "/tmp/trivium-modules.XXXXXX", path[128];

        ck_assert_ptr_nonnull(mkdtemp(modules));
        if (rows[i].parameter != NULL) {
            FILE *file;

            snprintf(path, sizeof path, "%s/%s", modules, rows[i].parameter);
            for (char *slash = strchr(path + strlen(modules) + 1, '/'); slash != NULL;
                 slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                ck_assert_int_eq(mkdir(path, 0700), 0);
                *slash = '/';
            }
            file = fopen(path, "we");
            ck_assert_ptr_nonnull(file);
            fputs(rows[i].text, file);
            fclose(file);
        }
        ck_assert_int_eq(paging_read(modules), rows[i].paging);
        if (rows[i].parameter != NULL) {
            unlink(path);
            for (char *slash = strrchr(path, '/'); slash != path + strlen(modules);
                 slash = strrchr(path, '/')) {
                *slash = '\0';
                rmdir(path);
            }
        }
        ck_assert_int_eq(rmdir(modules), 0);
    }
    ck_assert_str_eq(paging_name(PAGING_NESTED), "nested paging");
    ck_assert_ptr_null(paging_name(PAGING_UNKNOWN));
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("kvm");
    TCase *machine = tcase_create("machine");

    tcase_add_test(machine, memory_is_there_before_the_interrupt_controllers);
    tcase_add_test(machine, every_refusal_is_told_and_nothing_is_left_open);
    tcase_add_test(machine, whoever_cannot_open_it_is_told_what_to_do);
    tcase_add_test(machine, accesses_reach_their_devices_and_nobody_answers_all_ones);
    tcase_add_test(machine, a_scratch_register_keeps_what_was_written);
    tcase_add_test(machine, deaths_have_names_whatever_the_host_calls_them);
    tcase_add_test(machine, an_interrupted_run_is_begun_again_and_a_refused_one_is_the_end);
    tcase_add_test(machine, explaining_changes_nothing_and_tells_the_first_exits);
    tcase_add_test(machine, paging_is_what_the_module_says);
    suite_add_tcase(suite, machine);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
