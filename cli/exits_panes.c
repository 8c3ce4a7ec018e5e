/* exits_panes.c: the panes of the view Exits; see exits.h. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "cli/exits.h"
#include "view/console.h"
#include "view/glyph.h"

enum { LABEL = 9, BAR_LEAST = 6, BEHIND = 23 };

static const struct exits *exits_of(const struct record_view *view)
{
    return (const struct exits *)(const void *)view->record;
}

static const struct moment *moment_of(const struct record_view *view)
{
    return exits_at(exits_of(view), view->at);
}

/* The exit of the same processor before that moment; NULL: there is none. */
static const struct moment *exit_before(const struct exits *exits, size_t at, uint32_t cpu)
{
    while (at-- > 0) {
        const struct moment *moment = exits_at(exits, at);

        if (moment != NULL && moment->kind == MOMENT_EXIT && moment->cpu == cpu)
            return moment;
    }
    return NULL;
}

/* "GUEST    ", then the text in as many lines as it takes. Answers the row behind it. */
static int labelled(struct area area, int y, const char *label, const char *text)
{
    area_text(area, 0, y, ROLE_STRONG, label);
    return y + area_wrap(area_part(area, LABEL, y, area.width - LABEL, area.height - y), 0,
                         ROLE_TEXT, text);
}

static int draw_guest(struct area area, int y, const struct exits *exits,
                      const struct moment *moment)
{
    char text[256], symbol[80], insn[128];
    size_t size;
    int at, x;

    if (!moment->has_regs)
        return labelled(area, y, "GUEST", "KVM does not tell its registers.");
    snprintf(text, sizeof text, "rip 0x%" PRIx64 "%s, processor %" PRIu32,
             (uint64_t)moment->regs.rip,
             exits_symbol(exits, moment->regs.rip, symbol, sizeof symbol), moment->cpu);
    y = labelled(area, y, "GUEST", text);
    at = exits_instruction(exits, moment, &size, insn, sizeof insn);
    if (at < 0)
        return labelled(area, y, "",
                        exits->disassembler == NULL ? "No Capstone here: no disassembly."
                        : moment->bytes == 0        ? "The code there could not be read."
                                             : "Its instruction cannot be told from the code.");
    x = area_text(area, LABEL, y, ROLE_STRONG, insn) + 2;
    if (x + 3 * (int)size + BEHIND > area.width) {
        x = LABEL;
        y++;
    }
    for (size_t i = 0; i < size; i++)
        x = area_print(area, x, y, ROLE_DIM, "%02x ", moment->code[at + (int)i]);
    if (at < moment->before)
        area_text(area, x + 1, y, ROLE_TEXT, "done: rip is behind it");
    return y + 1;
}

static int draw_kvm(struct area area, int y, const struct moment *moment)
{
    char text[200];
    FILE *file = fmemopen(text, sizeof text, "w");

    if (file == NULL)
        err_die_oom();
    exit_fact_print(file, &moment->fact);
    fprintf(file, " (exit reason %" PRIu32 ")", moment->fact.reason);
    fclose(file);
    text[sizeof text - 1] = '\0';
    return labelled(area, y, "KVM", text);
}

static int draw_answer(struct area area, int y, const struct exits *exits,
                       const struct moment *moment)
{
    const struct exit_fact *fact = &moment->fact;
    const char *part, *device = exits_device(exits, fact, &part);
    bool is_access = exits_is_access(fact);
    char text[200] = "nothing to answer: it is looked at, and the guest runs on";

    if (is_access && device == NULL)
        snprintf(text, sizeof text, "%s",
                 fact->is_write ? "nobody is there: what was written is lost"
                                : "nobody is there: all ones");
    else if (is_access && fact->is_write)
        snprintf(text, sizeof text, "%s%s%s takes it", device, part[0] != '\0' ? ": " : "", part);
    else if (is_access && moment->resumed)
        snprintf(text, sizeof text, "%s%s%s answers 0x%" PRIx64, device,
                 part[0] != '\0' ? ": " : "", part, fact->value);
    else if (!moment->resumed)
        snprintf(text, sizeof text, "the guest does not run on");
    return labelled(area, y, "TRIVIUM", text);
}

/* "the guest ran  12.3 us  ████" */
static void draw_bar(struct area area, int y, const char *what, uint64_t ns, uint64_t most,
                     uint32_t fill, enum role role)
{
    char time[RECORD_TIME];
    int x = LABEL + 18, width = area.width - LABEL - 29;

    area_text(area, LABEL, y, ROLE_TEXT, what);
    area_right(area, x + 9, y, ROLE_STRONG, record_time(time, ns));
    if (width >= BAR_LEAST && most > 0)
        area_bar(area, x + 10, y, width, (double)ns / (double)most, fill, role);
}

static void draw_cost(struct area area, int y, const struct exits *exits,
                      const struct moment *moment)
{
    const struct moment_count *count = &exits->log->reasons[log_reason(moment->fact.reason)];
    uint64_t mean = count->count > 0 ? count->host_ns / count->count : 0, most = moment->guest_ns;

    if (moment->host_ns > most)
        most = moment->host_ns;
    if (mean > most)
        most = mean;
    area_text(area, 0, y, ROLE_STRONG, "TIME");
    draw_bar(area, y, "guest, before it", moment->guest_ns, most, GLYPH_BLOCK, ROLE_LANE + 2);
    if (!moment->resumed) {
        area_text(area, LABEL, y + 1, ROLE_TEXT, "It has not run on.");
        return;
    }
    draw_bar(area, y + 1, "Trivium", moment->host_ns, most, GLYPH_SHADE, ROLE_LANE);
    draw_bar(area, y + 2, "mean of its kind", mean, most, GLYPH_SHADE_LIGHT, ROLE_LANE);
}

/* Lines as they are, from the one on that is scrolled to. */
static void draw_lines(struct area area, int y, const char *text, int skip)
{
    while (*text != '\0' && y < area.height) {
        size_t length = strcspn(text, "\n");
        char line[256];

        snprintf(line, sizeof line, "%.*s", (int)length, text);
        if (skip-- <= 0)
            area_cut(area, 0, y++, area.width, ROLE_TEXT, line);
        text += length + (text[length] == '\n');
    }
}

static void draw_one(struct area area, const struct record_view *view)
{
    const struct exits *exits = exits_of(view);
    const struct moment *moment = moment_of(view);
    char text[SCENE_TEXT], number[32], all[32];
    int y = 0;

    if (moment == NULL && !exits_is_gap(exits, view->at)) {
        y = area_wrap(area, 0, ROLE_STRONG, exits->end);
        draw_lines(area, y, exits->last_words, 1 + view->scene.scroll[EXITS_ONE]);
        return;
    }
    if (moment == NULL || moment->kind != MOMENT_EXIT) {
        exits->record.ops->line(&exits->record, view->at, text, sizeof text);
        y = area_wrap(area, 0, ROLE_STRONG, text);
        if (moment != NULL && moment->kind == MOMENT_REQUEST)
            labelled(area, y, "FOR", exits_request(moment));
        return;
    }
    area_print(area, 0, y++, ROLE_STRONG, "exit %s of %s", grouped(number, moment->exit),
               grouped(all, exits->log->exits));
    y = draw_guest(area, y, exits, moment);
    y = draw_kvm(area, y, moment);
    y = draw_answer(area, y, exits, moment);
    draw_cost(area, y, exits, moment);
}

/* By reason, the exits up to here among those that are kept. */
static void count_so_far(const struct record_view *view, uint64_t so_far[EXIT_REASONS_MAX])
{
    const struct exits *exits = exits_of(view);

    memset(so_far, 0, EXIT_REASONS_MAX * sizeof *so_far);
    for (size_t i = 0; i <= view->at && i < view->record->count; i++) {
        const struct moment *moment = exits_at(exits, i);

        if (moment != NULL && moment->kind == MOMENT_EXIT)
            so_far[log_reason(moment->fact.reason)]++;
    }
}

static void draw_reasons(struct area area, const struct record_view *view)
{
    const struct exits *exits = exits_of(view);
    bool all_kept = log_dropped(exits->log) == 0;
    uint64_t host = 0, so_far[EXIT_REASONS_MAX];
    char text[32], time[RECORD_TIME];
    int y = 1 - view->scene.scroll[EXITS_REASONS], width = area.width - 52;

    count_so_far(view, so_far);
    for (unsigned i = 0; i < EXIT_REASONS_MAX; i++)
        host += exits->log->reasons[i].host_ns;
    area_text(area, 0, y - 1, ROLE_DIM, "reason         so far      all   in Trivium  share");
    if (width >= BAR_LEAST)
        area_cut(area, 52, y - 1, width, ROLE_DIM, "of Trivium's time");
    for (unsigned i = 0; i < EXIT_REASONS_MAX; i++) {
        const struct moment_count *count = &exits->log->reasons[i];

        if (count->count == 0 || (view->scene.predict && so_far[i] == 0))
            continue;
        area_cut(area, 0, y, 15, ROLE_TEXT, exits->record.ops->kind_name(&exits->record, i));
        if (view->scene.predict) {
            area_right(area, 21, y, ROLE_TEXT, grouped(text, so_far[i]));
            y++;
            continue;
        }
        area_right(area, 21, y, ROLE_STRONG,
                   all_kept || view->at < LOG_HEAD ? grouped(text, so_far[i]) : "-");
        area_right(area, 30, y, ROLE_TEXT, grouped(text, count->count));
        area_right(area, 43, y, ROLE_TEXT, record_time(time, count->host_ns / count->count));
        if (host > 0) {
            double share = (double)count->host_ns / (double)host;

            snprintf(text, sizeof text, "%.0f %%", 100 * share);
            area_right(area, 50, y, ROLE_TEXT, text);
            if (width >= BAR_LEAST)
                area_bar(area, 52, y, width, share, GLYPH_SHADE, ROLE_LANE);
        }
        y++;
    }
    if (exits->log->own_ns > 0)
        area_print(area, 0, y++, ROLE_DIM, "In Trivium: the mean. Recording took %s besides.",
                   record_time(time, exits->log->own_ns));
    if (exits->log->interrupted > 0)
        area_print(area, 0, y, ROLE_DIM, "Signals brought KVM_RUN back %s times more.",
                   grouped(text, exits->log->interrupted));
}

static const struct {
    const char *name;
    size_t offset;
} registers[] = {
    {"rip", offsetof(struct kvm_regs, rip)}, {"rflags", offsetof(struct kvm_regs, rflags)},
    {"rax", offsetof(struct kvm_regs, rax)}, {"rbx", offsetof(struct kvm_regs, rbx)},
    {"rcx", offsetof(struct kvm_regs, rcx)}, {"rdx", offsetof(struct kvm_regs, rdx)},
    {"rsi", offsetof(struct kvm_regs, rsi)}, {"rdi", offsetof(struct kvm_regs, rdi)},
    {"rbp", offsetof(struct kvm_regs, rbp)}, {"rsp", offsetof(struct kvm_regs, rsp)},
    {"r8", offsetof(struct kvm_regs, r8)},   {"r9", offsetof(struct kvm_regs, r9)},
    {"r10", offsetof(struct kvm_regs, r10)}, {"r11", offsetof(struct kvm_regs, r11)},
    {"r12", offsetof(struct kvm_regs, r12)}, {"r13", offsetof(struct kvm_regs, r13)},
    {"r14", offsetof(struct kvm_regs, r14)}, {"r15", offsetof(struct kvm_regs, r15)},
};

enum { REGISTERS = sizeof registers / sizeof *registers, REGISTER_COLUMNS = 25 };

static uint64_t value_of(const struct moment *moment, unsigned number)
{
    uint64_t value;

    memcpy(&value, (const char *)&moment->regs + registers[number].offset, sizeof value);
    return value;
}

/* What has changed since the last exit of this processor, and what it was; then all. */
static void draw_registers(struct area area, const struct record_view *view)
{
    const struct exits *exits = exits_of(view);
    const struct moment *moment = moment_of(view), *last;
    int y = -view->scene.scroll[EXITS_REGISTERS], columns = area.width / REGISTER_COLUMNS, first;

    if (moment == NULL || moment->kind != MOMENT_EXIT || !moment->has_regs) {
        area_wrap(area, 0, ROLE_DIM,
                  "Registers are known where the guest has stopped: at an exit.");
        return;
    }
    last = exit_before(exits, view->at, moment->cpu);
    for (unsigned i = 0; last != NULL && last->has_regs && i < REGISTERS; i++) {
        if (value_of(moment, i) == value_of(last, i))
            continue;
        area_print(area, 0, y, ROLE_STRONG, "* %-6s 0x%" PRIx64, registers[i].name,
                   value_of(moment, i));
        area_print(area, 29, y++, ROLE_DIM, "was 0x%" PRIx64, value_of(last, i));
    }
    first = y + (y > -view->scene.scroll[EXITS_REGISTERS]);
    if (columns < 1)
        columns = 1;
    for (unsigned i = 0; i < REGISTERS; i++)
        area_print(area, (int)i % columns * REGISTER_COLUMNS, first + (int)i / columns, ROLE_TEXT,
                   "%-6s %016" PRIx64, registers[i].name, value_of(moment, i));
}

/* Shares of what lies between two times, into the columns that they cover. */
static void spread(double *columns, int count, double from, double to)
{
    for (int i = from < 0 ? 0 : (int)from; i < count && i < to; i++) {
        double start = from > i ? from : i, end = to < i + 1 ? to : i + 1;

        if (end > start)
            columns[i] += end - start;
    }
}

/* By time: what of each column was the guest's (full), and what Trivium's (hatched). */
static void draw_time(struct area area, const struct record_view *view)
{
    const struct exits *exits = exits_of(view);
    const struct record *record = view->record;
    uint64_t start = record->ops->time(record, 0),
             length = record->ops->time(record, record->count - 1) - start, guest_ns = 0,
             host_ns = 0;
    double guest[GRID_WIDTH_MAX] = {0}, host[GRID_WIDTH_MAX] = {0}, scale;
    int height = area.height - 2, width = area.width;
    char text[2][RECORD_TIME];

    for (unsigned i = 0; i < EXIT_REASONS_MAX; i++) {
        guest_ns += exits->log->reasons[i].guest_ns;
        host_ns += exits->log->reasons[i].host_ns;
    }
    if (width > GRID_WIDTH_MAX || width < 1 || height < 1)
        return;
    scale = length > 0 ? width / (double)length : 0;
    for (size_t i = 0; i < record->count; i++) {
        const struct moment *moment = exits_at(exits, i);
        double at;

        if (moment == NULL || moment->kind != MOMENT_EXIT)
            continue;
        at = (double)(moment->ns - start) * scale;
        spread(guest, width, at - (double)moment->guest_ns * scale, at);
        spread(host, width, at, at + (double)moment->host_ns * scale);
    }
    for (int x = 0; x < width; x++) {
        double all = guest[x] + host[x] > 1 ? guest[x] + host[x] : 1;
        int filled = (int)(guest[x] / all * height + 0.5),
            both = (int)((guest[x] + host[x]) / all * height + 0.5);

        if (host[x] / all > 0.05 && both == filled && filled > 0)
            filled--; /* what is there is seen */
        for (int y = 0; y < height; y++) {
            if (y < filled)
                area_put(area, x, height - y, GLYPH_BLOCK, ROLE_LANE + 2);
            else if (y < both)
                area_put(area, x, height - y, GLYPH_SHADE, ROLE_LANE);
        }
    }
    area_put(
        area,
        (int)((double)(record->ops->time(record, view->at) - start) * scale * (width - 1) / width),
        area.height - 1, GLYPH_DISC, ROLE_STRONG);
    area_print(area, 0, 0, ROLE_TEXT, "█ in the guest %s  ▒ in Trivium %s  blank: neither",
               record_time(text[0], guest_ns), record_time(text[1], host_ns));
}

/* How much had been printed when the guest ran on after that moment. */
static size_t console_at(const struct record_view *view)
{
    const struct exits *exits = exits_of(view);

    if (view->at + 1 >= view->record->count)
        return exits->console_size;
    for (size_t i = view->at + 1; i-- > 0;) {
        const struct moment *moment = exits_at(exits, i);

        if (moment != NULL && moment->kind == MOMENT_EXIT && moment->sent != UINT64_MAX)
            return moment->sent < exits->console_size ? (size_t)moment->sent : exits->console_size;
    }
    return 0;
}

static void draw_console(struct area area, const struct record_view *view)
{
    const struct exits *exits = exits_of(view);
    const struct console_text text = {
        .owner = exits->console, .byte = console_byte, .end = console_at(view)};

    if (text.end == 0) {
        area_wrap(area, 0, ROLE_DIM, "The guest has printed nothing so far.");
        return;
    }
    if (text.end == exits->console_size && exits->console_total > text.end) {
        area_print(area, 0, area.height - 1, ROLE_WARN,
                   "%" PRIu64 " bytes more were written, and are not kept",
                   exits->console_total - text.end);
        area.height--;
    }
    console_draw(area, &text, view->scene.scroll[EXITS_CONSOLE]);
}

const struct record_pane exits_panes[EXITS_PANES] = {
    [EXITS_CONSOLE] = {"CONSOLE", draw_console},
    [EXITS_LIST] = {"EXITS", record_list_draw},
    [EXITS_ONE] = {"THIS ONE", draw_one},
    [EXITS_REASONS] = {"REASONS", draw_reasons},
    [EXITS_REGISTERS] = {"REGISTERS", draw_registers},
    [EXITS_TIME] = {"TIME", draw_time},
};
