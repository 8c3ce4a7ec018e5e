/*
 * test_exits.c: the view Exits: its screens at three sizes, moves, marks and texts, of a machine
 * that is played, with a clock that goes on by fixed steps. So it needs no KVM.
 *
 * The screens stand in tests/unit/exits. REGENERATE=1 writes them anew; look at them.
 */
#include "cli/exits.h"
#include "tests/random.h"
#include "tests/unit/kvm_host.h"
#include "tests/unit/unit_main.h"
#include "view/export.h"
#include "view/script.h"

#define GOLDEN  "tests/unit/exits/"
#define PRESSES 1500

struct shown {
    struct kvm_bench bench;
    struct recorder recorder;
    struct exit_log *log; /* owned */
    struct exits exits;
    struct record_view view;
};

static uint64_t ticks;

static uint64_t clock_of_ticks(void)
{
    return __atomic_add_fetch(&ticks, 250, __ATOMIC_SEQ_CST);
}

/* The guest has run for so long. */
static void pass(uint64_t ns)
{
    __atomic_add_fetch(&ticks, ns, __ATOMIC_SEQ_CST);
}

/* Where the guest is: behind an `out`, at an `in`, behind a store. */
static void stand(struct kvm_host *host, uint64_t rip, const char *bytes, size_t size,
                  uint64_t before)
{
    uint8_t *ram = (uint8_t *)(uintptr_t)host->memory.userspace_addr;

    memcpy(ram + rip - before, bytes, size);
    host->regs.rip = rip;
    host->regs.rax = (uint64_t)bytes[0] & 0xff;
}

static int guest_says_hi(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    pass(20000);
    switch (host->turn[cpu]++) {
    case 0:
        host->regs = (struct kvm_regs){.rsp = 0x20000, .rdx = VM_UART_PORT + 5, .rflags = 2};
        stand(host, 0x300100, "\xec\xa8\x20\x74\xfb", 5, 0);
        return host_in(run, VM_UART_PORT + 5, 1);
    case 1:
        host->regs.rdx = VM_UART_PORT;
        stand(host, 0x300110, "\xb0\x48\xee\x90", 4, 3);
        return host_out_byte(run, VM_UART_PORT, 'H');
    case 2: return host_out_byte(run, VM_UART_PORT, 'i');
    case 3: return host_out_byte(run, VM_UART_PORT, '\n');
    case 4:
        pass(150000);
        host->regs.rsi = VM_IOAPIC;
        stand(host, 0x300145, "\xc7\x46\x10\x34\x80\x00\x00", 7, 7);
        return host_store(run, VM_IOAPIC + 0x10, 0x8034, 4);
    case 5: stand(host, 0x300150, "\x48\x8b\x03", 3, 0); return host_load(run, 0xd0700000, 8);
    case 6: return host_out(run, VM_UART_PORT, "bye\x1b[2J", 1, 7);
    case 7: return host_in(run, 0x80, 2);
    default: stand(host, 0x300200, "\x0f\x0b", 2, 0); return host_exit(run, KVM_EXIT_SHUTDOWN);
    }
}

static const char autopsy[] = "trivium: the guest died: a triple fault on processor 0\n"
                              "  rip 0000000000300200: 0f 0b  ud2\n"
                              "  rax 000000000000000f  rbx 0000000000000000\n";

static void look(struct shown *shown)
{
    exits_init(&shown->exits, shown->log);
    ck_assert_ptr_nonnull(shown->exits.disassembler); /* without Capstone screens are others */
    shown->exits.console = "Hi\nbye\x1b[2J";
    shown->exits.console_size = shown->exits.console_total = strlen(shown->exits.console);
    shown->exits.last_words = autopsy;
    snprintf(shown->exits.end, sizeof shown->exits.end,
             "the guest died: a triple fault on processor 0.");
    record_view_init(&shown->view, &shown->exits.record);
    shown->view.command = "hi --twice";
    shown->view.way = "kvm";
    shown->view.again = "trivium step --on kvm hi --twice";
    shown->view.sha256 = "0123";
}

static void shown_init(struct shown *shown)
{
    struct pc *pc;

    ticks = 0;
    bench_init(&shown->bench);
    shown->log = calloc(1, sizeof *shown->log);
    ck_assert_ptr_nonnull(shown->log);
    recorder_init(&shown->recorder, &shown->bench.host.ops, shown->log, clock_of_ticks);
    shown->bench.config.ops = &shown->recorder.ops;
    shown->bench.host.guest = guest_says_hi;
    pc = bench_pc(&shown->bench);
    shown->recorder.sent = &pc->bytes_sent;
    pc_run(pc);
    ck_assert_int_eq(pc->end, PC_DIED);
    pc_free(pc);
    look(shown);
}

static void shown_fini(struct shown *shown)
{
    exits_fini(&shown->exits);
    recorder_fini(&shown->recorder);
    bench_fini(&shown->bench);
    free(shown->log);
}

/* Lines of a script, parted by '|'; the last screen, or what they print. To be freed. */
static char *perform(struct shown *shown, const char *lines, int width, int height)
{
    struct script script = {.width = width, .height = height};
    char *text = strdup(lines), *out = NULL, *rest = text, *line;
    struct err err = {0};
    size_t size;
    FILE *file = open_memstream(&out, &size);

    while ((line = strsep(&rest, "|")) != NULL)
        ck_assert_msg(script_line(&shown->view.scene, &script, line, file, &err) != SCRIPT_WRONG,
                      "%s: %s", line, err.text);
    fclose(file);
    free(text);
    return out;
}

/* Does it have that text? */
static void ck_assert_prints(struct shown *shown, const char *lines, const char *text)
{
    char *out = perform(shown, lines, 80, 24);

    ck_assert_msg(strstr(out, text) != NULL, "'%s' is not in:\n%s", text, out);
    free(out);
}

static char *read_golden(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;

    ck_assert_msg(file != NULL, "there is no %s: REGENERATE=1 makes it", path);
    ck_assert_int_ge(getdelim(&text, &size, '\0', file), 0);
    fclose(file);
    return text;
}

static const struct {
    const char *name;
    int width, height;
    const char *lines; /* of a script */
} screens[] = {
    {"160x50-start", 160, 50, "step 0"},
    {"160x50-out", 160, 50, "next port I/O|step 1"},
    {"160x50-load", 160, 50, "find load"},
    {"160x50-end", 160, 50, "key c"},
    {"120x40-store", 120, 40, "next MMIO|key 5|key 0"},
    {"120x40-ask", 120, 40, "next port I/O|key ?"},
    {"120x40-help", 120, 40, "key h"},
    {"80x24-in", 80, 24, "next port I/O"},
    {"80x24-reasons", 80, 24, "find x7|key 3"},
    {"80x24-registers", 80, 24, "next MMIO|key 4"},
    {"80x24-time", 80, 24, "next MMIO|key 5"},
    {"80x24-console", 80, 24, "find x7|key 0"},
    {"80x24-zoom", 80, 24, "next shutdown|key 2|key z"},
    {"80x24-light", 64, 24, "next shutdown|key t|note The processor gives up."},
};

START_TEST(screens_are_as_they_were)
{
    const char *name = screens[_i].name;
    char path[128], *frame = NULL, *golden;
    struct shown shown;
    struct grid grid;
    size_t size;
    FILE *file;

    shown_init(&shown);
    free(perform(&shown, screens[_i].lines, screens[_i].width, screens[_i].height));
    grid_init(&grid, screens[_i].width, screens[_i].height);
    shown.view.ops.draw(&shown.view, &grid);
    file = open_memstream(&frame, &size);
    grid_print(file, &grid, false);
    fclose(file);
    snprintf(path, sizeof path, GOLDEN "%s.txt", name);
    if (getenv("REGENERATE") != NULL) {
        file = fopen(path, "we");
        ck_assert_ptr_nonnull(file);
        fputs(frame, file);
        fclose(file);
    }
    golden = read_golden(path);
    ck_assert_str_eq(frame, golden);
    free(golden);
    free(frame);
    grid_fini(&grid);
    shown_fini(&shown);
}
END_TEST

START_TEST(commands_go_where_they_say)
{
    struct shown shown;

    shown_init(&shown);
    ck_assert_prints(&shown, "next port I/O", "in 0x3fd = 0x60, UART line status");
    ck_assert_prints(&shown, "next", "out 0x3f8 = 0x48 'H', UART data");
    ck_assert_prints(&shown, "last any", "in 0x3fd");
    ck_assert_prints(&shown, "find 0x80 |where",
                     "where no device is. A port is no memory, so Trivium is asked");
    ck_assert_prints(&shown, "goto 1|find nobody", "load 0xd0700000 = 0xffffffffffffffff, nobody");
    ck_assert_prints(&shown, "goto 1", "open /dev/kvm = 1000");
    ck_assert_prints(&shown, "goto 1|back", "there is nothing before it");
    ck_assert_prints(&shown, "key c|step", "This is the end of the record");
    ck_assert_prints(&shown, "kinds", "shutdown                        1");
    ck_assert_prints(&shown, "key c|pane 2",
                     "a triple fault on processor 0.\n  rip 0000000000300200");
    ck_assert_prints(&shown, "next any|key c|last shutdown|pane 2", "ud2");
    ck_assert_prints(&shown, "help", "goto         N");
    shown_fini(&shown);
}
END_TEST

START_TEST(a_command_that_is_wrong_is_refused_and_moves_nothing)
{
    static const char *const wrong[] = {"goto",
                                        "goto 0",
                                        "goto -1",
                                        "goto 99999",
                                        "goto 1x",
                                        "goto 1 2",
                                        "step x",
                                        "back -1",
                                        "next rain",
                                        "find",
                                        "fly",
                                        "pane 9",
                                        "goto 99999999999999999999",
                                        "list y"};
    struct script script = {.width = 80, .height = 24};
    struct shown shown;

    shown_init(&shown);
    record_go(&shown.view, 5);
    shown.view.kind = 1;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err = {0};
        char *out = NULL;
        size_t size;
        FILE *file = open_memstream(&out, &size);

        ck_assert_msg(script_line(&shown.view.scene, &script, wrong[i], file, &err) == SCRIPT_WRONG,
                      "%s", wrong[i]);
        ck_assert_uint_gt(strlen(err.text), 0);
        ck_assert_uint_eq(shown.view.at, 5);
        ck_assert_uint_eq(shown.view.kind, 1);
        fclose(file);
        free(out);
    }
    shown_fini(&shown);
}
END_TEST

START_TEST(the_instruction_is_found_at_rip_or_before_it)
{
    static const struct {
        const char *kind, *text;
    } cases[] = {{"in 0x3fd", "in al, dx"},
                 {"'H'", "out dx, al"},
                 {"store", "mov dword ptr [rsi + 0x10], 0x8034"},
                 {"load", "mov rax, qword ptr [rbx]"},
                 {"0x80 ", "cannot be told"}};
    struct shown shown;

    shown_init(&shown);
    for (size_t i = 0; i < 5; i++) {
        char line[64];

        snprintf(line, sizeof line, "goto 1|find %s|pane 2", cases[i].kind);
        ck_assert_prints(&shown, line, cases[i].text);
    }
    shown_fini(&shown);
}
END_TEST

START_TEST(what_the_console_could_not_keep_is_counted)
{
    static const char more[] = "90 bytes more were written, and are not kept";
    struct shown shown;
    char *out;

    shown_init(&shown);
    shown.exits.console_total = shown.exits.console_size + 90;
    ck_assert_prints(&shown, "key c|pane 0", more);
    out = perform(&shown, "goto 1|find 'H'|pane 0", 80, 24);
    ck_assert_ptr_null(strstr(out, more));
    free(out);
    shown_fini(&shown);
}
END_TEST

/* The machine has as many slots as it has such devices. */
START_TEST(behind_the_last_virtio_slot_nobody_is)
{
    struct exit_fact fact = {.reason = KVM_EXIT_MMIO};
    struct exits exits = {0};
    const char *part;

    for (unsigned slots = 0; slots <= 2; slots++) {
        exits.virtio_slots = slots;
        for (unsigned at = 0; at < 4; at++) {
            const char *device;

            fact.address = VM_VIRTIO + at * 0x1000 + 0xfff;
            device = exits_device(&exits, &fact, &part);
            ck_assert_int_eq(device != NULL, at < slots);
        }
    }
    fact.address = VM_SYSCON;
    ck_assert_str_eq(exits_device(&exits, &fact, &part), "power switch");
    fact.address = VM_COPIER + 0x1000;
    ck_assert_ptr_null(exits_device(&exits, &fact, &part));
}
END_TEST

START_TEST(a_gap_says_how_many_are_not_there_and_numbers_stay)
{
    struct kvm_irq_level line = {.irq = 4};
    struct shown shown;

    shown_init(&shown);
    exits_fini(&shown.exits);
    while (shown.log->total < LOG_HEAD + LOG_TAIL + 5000)
        shown.recorder.ops.ioctl(&shown.recorder, HOST_VM, KVM_IRQ_LINE, &line);
    look(&shown);
    ck_assert_uint_eq(shown.exits.record.count, LOG_HEAD + LOG_TAIL + 2);
    ck_assert_prints(&shown, "next gap", "5,000 moments were not kept");
    ck_assert_uint_eq(record_number(&shown.exits.record, shown.view.at), LOG_HEAD + 1);
    ck_assert_prints(&shown, "goto 27000", "... 5,000 moments"); /* within the gap */
    for (size_t i = LOG_HEAD - 2; i < LOG_HEAD + 3; i++) {
        char text[64];

        snprintf(text, sizeof text, "goto %llu",
                 (unsigned long long)record_number(&shown.exits.record, i));
        free(perform(&shown, text, 80, 24));
        ck_assert_uint_eq(shown.view.at, i);
    }
    ck_assert_prints(&shown, "key end|where", "the end: the guest died");
    shown_fini(&shown);
}
END_TEST

START_TEST(a_log_of_nothing_has_but_an_end)
{
    struct shown shown = {.log = calloc(1, sizeof *shown.log)};
    struct grid grid;

    look(&shown);
    ck_assert_uint_eq(shown.exits.record.count, 1);
    ck_assert_prints(&shown, "step|back|next|where", "the end: the guest died");
    grid_init(&grid, 160, 50);
    for (unsigned pane = 0; pane < EXITS_PANES; pane++)
        shown.view.ops.draw_pane(&shown.view, area_whole(&grid), pane);
    shown.view.ops.draw(&shown.view, &grid);
    grid_fini(&grid);
    exits_fini(&shown.exits);
    free(shown.log);
}
END_TEST

START_TEST(the_mouse_chooses_a_moment_and_travels_on_the_timeline)
{
    struct screen_mouse mouse = {.kind = MOUSE_PRESS};
    struct record_layout layout;
    struct shown shown;

    shown_init(&shown);
    record_layout(&layout, 80, 24, &shown.view);
    mouse.x = 10;
    mouse.y = layout.slots.slots[0].at.y + 3;
    record_mouse(&shown.view, &mouse, 80, 24);
    ck_assert_uint_eq(shown.view.at, 2);
    mouse.y = layout.edges.timeline.y;
    mouse.x = 79;
    record_mouse(&shown.view, &mouse, 80, 24);
    ck_assert_uint_eq(shown.view.at, shown.exits.record.count - 1);
    mouse.kind = MOUSE_DRAG;
    mouse.x = 0;
    record_mouse(&shown.view, &mouse, 80, 24);
    ck_assert_uint_eq(shown.view.at, 0);
    mouse.kind = MOUSE_WHEEL_DOWN;
    mouse.y = layout.slots.slots[0].at.y + 3;
    record_mouse(&shown.view, &mouse, 80, 24);
    ck_assert_uint_eq(shown.view.at, 3);
    shown_fini(&shown);
}
END_TEST

START_TEST(no_pane_lies_on_another_or_beyond_the_screen)
{
    struct record_layout layout;
    struct shown shown;

    shown_init(&shown);
    for (int width = 1; width < 220; width++) {
        for (int height = 1; height < 70; height++) {
            record_layout(&layout, width, height, &shown.view);
            ck_assert_int_eq(layout.too_small,
                             width < RECORD_WIDTH_LEAST || height < RECORD_HEIGHT_LEAST);
            for (unsigned i = 0; i < layout.slots.count; i++) {
                struct rect at = layout.slots.slots[i].at;

                ck_assert(at.x >= 0 && at.y >= 1 && at.x + at.width <= width);
                ck_assert(at.width >= 12 && at.height >= 4);
                ck_assert_int_le(at.y + at.height, layout.edges.timeline.y);
            }
        }
    }
    shown_fini(&shown);
}
END_TEST

/* Whatever is pressed and clicked, drawing changes nothing and stays within the grid. */
START_TEST(any_keys_and_clicks_leave_a_screen_that_can_be_drawn)
{
    static const char keys[] = "   bfBcrnNep<>?0123456789z+-th\t";
    struct random random = random_begin();
    struct shown shown;

    shown_init(&shown);
    for (unsigned i = 0; i < PRESSES; i++) {
        int width = 1 + (int)random_below(&random, 200),
            height = 1 + (int)random_below(&random, 60);
        struct screen_mouse mouse = {(enum mouse_kind)random_below(&random, 6),
                                     (int)random_below(&random, 220) - 10,
                                     (int)random_below(&random, 80) - 10};
        struct grid once, twice;

        if (random_below(&random, 3) == 0)
            record_mouse(&shown.view, &mouse, width, height);
        else if (random_below(&random, 8) == 0)
            scene_key(&shown.view.scene, KEY_UP + (uint32_t)random_below(&random, 8));
        else
            scene_key(&shown.view.scene,
                      (unsigned char)keys[random_below(&random, sizeof keys - 1)]);
        grid_init(&once, width, height);
        grid_init(&twice, width, height);
        shown.view.ops.draw(&shown.view, &once);
        shown.view.ops.draw(&shown.view, &twice);
        ck_assert_mem_eq(once.cells, twice.cells,
                         (size_t)width * (size_t)height * sizeof *once.cells);
        grid_fini(&once);
        grid_fini(&twice);
    }
    shown_fini(&shown);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("exits");
    TCase *cases = tcase_create("view");

    tcase_add_loop_test(cases, screens_are_as_they_were, 0, sizeof screens / sizeof *screens);
    tcase_add_test(cases, commands_go_where_they_say);
    tcase_add_test(cases, a_command_that_is_wrong_is_refused_and_moves_nothing);
    tcase_add_test(cases, the_instruction_is_found_at_rip_or_before_it);
    tcase_add_test(cases, what_the_console_could_not_keep_is_counted);
    tcase_add_test(cases, behind_the_last_virtio_slot_nobody_is);
    tcase_add_test(cases, a_gap_says_how_many_are_not_there_and_numbers_stay);
    tcase_add_test(cases, a_log_of_nothing_has_but_an_end);
    tcase_add_test(cases, the_mouse_chooses_a_moment_and_travels_on_the_timeline);
    tcase_add_test(cases, no_pane_lies_on_another_or_beyond_the_screen);
    tcase_add_test(cases, any_keys_and_clicks_leave_a_screen_that_can_be_drawn);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
