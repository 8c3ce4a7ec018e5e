/* exits.c: what is said of a moment of a virtual machine's; see exits.h. */
#include "cli/exits.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "dev/copier.h"
#include "dev/syscon.h"
#include "dev/virtio_mmio.h"
#include "kvm/ioapic.h"

/* Kinds for the key n: requests, starts, exits by reason, interrupt lines, the gap, the end. */
enum {
    KIND_REQUEST = EXIT_REASONS_MAX,
    KIND_LINE,
    KIND_START,
    KIND_GAP,
    KIND_END,
    KINDS,
};

static const struct exits *exits_of(const struct record *record)
{
    return (const struct exits *)(const void *)record;
}

static void add(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

/* Moments: those before the gap, the gap, those behind it, the end. */
bool exits_is_gap(const struct exits *exits, size_t moment)
{
    return log_dropped(exits->log) > 0 && moment == LOG_HEAD;
}

const struct moment *exits_at(const struct exits *exits, size_t moment)
{
    if (exits_is_gap(exits, moment) || moment + 1 >= exits->record.count)
        return NULL;
    return log_at(exits->log,
                  log_dropped(exits->log) > 0 && moment > LOG_HEAD ? moment - 1 : moment);
}

static uint64_t time_of(const struct record *record, size_t moment)
{
    const struct exits *exits = exits_of(record);

    while (exits_at(exits, moment) == NULL && moment > 0)
        moment--;
    return exits_at(exits, moment) == NULL ? 0 : exits_at(exits, moment)->ns;
}

static uint64_t number_of(const struct record *record, size_t moment)
{
    const struct exits *exits = exits_of(record);
    const struct moment *at = exits_at(exits, moment);

    if (at != NULL)
        return at->number + 1;
    return exits_is_gap(exits, moment) ? LOG_HEAD + 1 : exits->log->total + 1;
}

static size_t find(const struct record *record, uint64_t number)
{
    const struct exits *exits = exits_of(record);
    uint64_t dropped = log_dropped(exits->log);

    if (number == 0 || number > exits->log->total + 1)
        return record->count;
    if (dropped == 0 || number <= LOG_HEAD)
        return (size_t)(number - 1);
    return number <= LOG_HEAD + dropped ? LOG_HEAD : (size_t)(number - dropped);
}

static unsigned kind_of(const struct record *record, size_t moment)
{
    const struct exits *exits = exits_of(record);
    const struct moment *at = exits_at(exits, moment);

    if (at == NULL)
        return exits_is_gap(exits, moment) ? KIND_GAP : KIND_END;
    switch (at->kind) {
    case MOMENT_REQUEST: return at->request == KVM_IRQ_LINE ? KIND_LINE : KIND_REQUEST;
    case MOMENT_START: return KIND_START;
    case MOMENT_EXIT: return log_reason(at->fact.reason);
    }
    return KIND_REQUEST;
}

static const char *kind_name(const struct record *record, unsigned kind)
{
    static const char *const names[] = {[KIND_REQUEST] = "request",
                                        [KIND_LINE] = "line",
                                        [KIND_START] = "start",
                                        [KIND_GAP] = "gap",
                                        [KIND_END] = "end"};

    (void)record;
    if (kind >= EXIT_REASONS_MAX)
        return names[kind];
    return exit_name(kind) != NULL ? exit_name(kind) : "other exit";
}

/* Which register of a 16550 is where. */
static const char *uart_part(const struct exit_fact *fact)
{
    static const char *const parts[8][2] = {
        {"data", "data"},
        {"interrupt enable", "interrupt enable"},
        {"interrupt identity", "FIFO control"},
        {"line control", "line control"},
        {"modem control", "modem control"},
        {"line status", "line status"},
        {"modem status", "modem status"},
        {"scratch", "scratch"},
    };

    return parts[(fact->address - VM_UART_PORT) & 7][fact->is_write];
}

static bool lies_in(uint64_t address, uint64_t base, uint64_t size)
{
    return address >= base && address - base < size;
}

const char *exits_device(const struct exits *exits, const struct exit_fact *fact, const char **part)
{
    uint64_t gpa = fact->address;

    *part = "";
    if (fact->reason == KVM_EXIT_IO) {
        if (!lies_in(gpa, VM_UART_PORT, 8))
            return NULL;
        *part = uart_part(fact);
        return "UART";
    }
    if (lies_in(gpa, VM_SYSCON, SYSCON_SIZE))
        return "power switch";
    if (lies_in(gpa, VM_COPIER, COPIER_SIZE))
        return "copier";
    if (lies_in(gpa, VM_IOAPIC, IOAPIC_SIZE)) {
        *part = gpa == VM_IOAPIC ? "select" : gpa == VM_IOAPIC + 0x10 ? "data" : "";
        return "I/O APIC";
    }
    return lies_in(gpa, VM_VIRTIO, (uint64_t)VIRTIO_MMIO_SIZE * exits->virtio_slots) ? "virtio"
                                                                                     : NULL;
}

const char *exits_symbol(const struct exits *exits, uint64_t rip, char *text, size_t size)
{
    uint64_t offset = 0;
    const char *name = elf_symbols_find(exits->kernel, rip, &offset);

    if (name == NULL)
        name = elf_symbols_find(exits->program, rip, &offset);
    text[0] = '\0';
    if (name != NULL)
        snprintf(text, size, " in %s+0x%" PRIx64, name, offset);
    return text;
}

/* "out 0x3f8 = 0x68 'h'" */
static void add_access(char *text, size_t size, const struct exit_fact *fact)
{
    bool is_port = fact->reason == KVM_EXIT_IO;

    add(text, size, "%s 0x%" PRIx64,
        is_port ? (fact->is_write ? "out" : "in") : (fact->is_write ? "store" : "load"),
        fact->address);
    if (fact->count > 1)
        add(text, size, " x%" PRIu32, fact->count);
    if (fact->has_value)
        add(text, size, " = 0x%" PRIx64, fact->value);
    if (fact->has_value && is_port && fact->address == VM_UART_PORT && fact->value >= ' ' &&
        fact->value < 127)
        add(text, size, " '%c'", (int)fact->value);
}

bool exits_is_access(const struct exit_fact *fact)
{
    return fact->reason == KVM_EXIT_IO || fact->reason == KVM_EXIT_MMIO;
}

static void exit_line(const struct exits *exits, const struct moment *moment, char *text,
                      size_t size)
{
    const struct exit_fact *fact = &moment->fact;
    const char *device, *part;
    char symbol[80];

    if (exits->cpus > 1)
        add(text, size, "cpu %" PRIu32 " ", moment->cpu);
    if (exits_is_access(fact)) {
        device = exits_device(exits, fact, &part);
        add_access(text, size, fact);
        add(text, size, ", %s%s%s", device != NULL ? device : "nobody", part[0] != '\0' ? " " : "",
            part);
    } else {
        add(text, size, "%s", kind_name(&exits->record, log_reason(fact->reason)));
        if (fact->reason == KVM_EXIT_IOAPIC_EOI)
            add(text, size, " vector 0x%" PRIx64, fact->detail);
        if (exit_name(fact->reason) == NULL)
            add(text, size, " %" PRIu32, fact->reason);
    }
    if (moment->has_regs)
        add(text, size, "%s", exits_symbol(exits, moment->regs.rip, symbol, sizeof symbol));
}

const char *exits_request(const struct moment *moment)
{
    if (moment->request == 0)
        return "the door to KVM is opened";
    return moment->request == KVM_RUN ? "run the guest" : request_find(moment->request)->meaning;
}

static void request_line(const struct moment *moment, char *text, size_t size)
{
    const struct request_name *name = request_find(moment->request);

    if (moment->request == KVM_RUN)
        add(text, size, "KVM_RUN");
    else
        add(text, size, "%s%s", moment->request == 0 ? "open" : name->name, moment->text);
    if (moment->answer < 0)
        add(text, size, ": refused, %s", strerror(-moment->answer));
    else if (moment->answer > 0)
        add(text, size, " = %d", moment->answer);
}

static void line(const struct record *record, size_t moment, char *text, size_t size)
{
    const struct exits *exits = exits_of(record);
    const struct moment *at = exits_at(exits, moment);
    char number[32];

    text[0] = '\0';
    if (at == NULL) {
        if (exits_is_gap(exits, moment))
            add(text, size, "... %s moments were not kept ...",
                grouped(number, log_dropped(exits->log)));
        else
            add(text, size, "the end: %s", exits->end);
        return;
    }
    switch (at->kind) {
    case MOMENT_REQUEST: request_line(at, text, size); break;
    case MOMENT_START: add(text, size, "KVM_RUN: processor %" PRIu32 " starts", at->cpu); break;
    case MOMENT_EXIT: exit_line(exits, at, text, size); break;
    }
}

/* What the guest wanted, and why it cannot have it without us. On a small terminal a sentence has
 * 160 columns. */
static void add_access_why(const struct exits *exits, const struct moment *moment, char *text,
                           size_t size)
{
    const struct exit_fact *fact = &moment->fact;
    const char *part, *device = exits_device(exits, fact, &part);
    char where[80] = "";

    if (moment->has_regs)
        exits_symbol(exits, moment->regs.rip, where, sizeof where);
    add(text, size, "%s %s ", where[0] != '\0' ? where + strlen(" in ") : "The guest",
        fact->is_write ? "wrote to" : "read");
    if (device == NULL)
        add(text, size, "where no device is. ");
    else
        add(text, size, "the %s%s%s. ", device, part[0] != '\0' ? "'s " : "", part);
    if (device != NULL && strcmp(device, "power switch") == 0)
        add(text, size, "The machine is off. ");
    else if (fact->reason == KVM_EXIT_IO)
        add(text, size, "A port is no memory, so Trivium %s. ",
            device != NULL ? "plays the chip" : "is asked all the same");
    else
        add(text, size, "No memory is there: KVM decodes the access, Trivium answers. ");
}

static void add_why(const struct exits *exits, const struct moment *moment, char *text, size_t size)
{
    switch (moment->fact.reason) {
    case KVM_EXIT_IO:
    case KVM_EXIT_MMIO: add_access_why(exits, moment, text, size); break;
    case KVM_EXIT_IOAPIC_EOI:
        add(text, size,
            "Interrupt 0x%" PRIx64 " is done. Trivium's I/O APIC must know: a line that is still "
            "up interrupts again. ",
            moment->fact.detail);
        break;
    case KVM_EXIT_HLT: add(text, size, "The guest has nothing to do, and waits: hlt. "); break;
    case KVM_EXIT_SHUTDOWN:
        add(text, size,
            "A triple fault: while a fault was delivered another came, and again. The "
            "processor gives up. ");
        break;
    case KVM_EXIT_INTERNAL_ERROR:
        add(text, size,
            "KVM cannot go on (internal error %" PRIu64 "), mostly for an instruction that it "
            "should emulate and does not know. ",
            moment->fact.detail);
        break;
    case KVM_EXIT_FAIL_ENTRY:
        add(text, size, "The processor does not enter the guest: its state is none. ");
        break;
    case KVM_EXIT_INTR: add(text, size, "A signal of the host's came. "); break;
    default:
        add(text, size, "KVM came back with %s, exit reason %" PRIu32 ". ",
            kind_name(&exits->record, log_reason(moment->fact.reason)), moment->fact.reason);
    }
}

static void exit_sentence(const struct exits *exits, const struct moment *moment, char *text,
                          size_t size)
{
    const struct moment_count *count = &exits->log->reasons[log_reason(moment->fact.reason)];
    char guest[RECORD_TIME], host[RECORD_TIME], mean[RECORD_TIME];

    add_why(exits, moment, text, size);
    record_time(guest, moment->guest_ns);
    if (!moment->resumed) {
        add(text, size, "%s in the guest before it, which has not run on.", guest);
        return;
    }
    add(text, size, "%s in the guest, %s in Trivium", guest, record_time(host, moment->host_ns));
    if (count->count > 1)
        add(text, size, " (mean %s)", record_time(mean, count->host_ns / count->count));
    add(text, size, ".");
}

static void sentence(const struct record *record, size_t moment, char *text, size_t size)
{
    const struct exits *exits = exits_of(record);
    const struct moment *at = exits_at(exits, moment);
    char number[32];

    text[0] = '\0';
    if (at == NULL && exits_is_gap(exits, moment)) {
        add(text, size,
            "The log has room for %s moments, the first and the last. %s between them are counted, and "
            "not kept.",
            grouped((char[32]){0}, LOG_HEAD + LOG_TAIL), grouped(number, log_dropped(exits->log)));
    } else if (at == NULL) {
        add(text, size, "%s This was the record: b goes back in it.", exits->end);
    } else if (at->kind == MOMENT_START) {
        add(text, size,
            "From here on this thread is the guest's processor %" PRIu32 ". It comes back when the "
            "guest does what only Trivium can answer: an exit.",
            at->cpu);
    } else if (at->kind == MOMENT_EXIT) {
        exit_sentence(exits, at, text, size);
    } else if (at->request == KVM_IRQ_LINE) {
        add(text, size, "A device's line%s: KVM is told, and its local APIC interrupts the guest.",
            at->text);
    } else {
        add(text, size, "A request of Trivium's: %s. ", exits_request(at));
        if (at->answer < 0)
            add(text, size, "The host refused: %s.", strerror(-at->answer));
    }
}

enum { OPERAND_SIZE = 0x66, REP = 0xf3, REPNE = 0xf2 };

/* Is there an in, an out or one of their string forms? Its bytes; 0: no. SDM 2, IN to OUTS. */
static size_t port_instruction(const uint8_t *code, size_t size)
{
    size_t at = 0;

    while (at < size && (code[at] == OPERAND_SIZE || code[at] == REP || code[at] == REPNE))
        at++;
    if (at == size)
        return 0;
    if ((code[at] & 0xfc) == 0xec || (code[at] & 0xfc) == 0x6c)
        return at + 1;
    return (code[at] & 0xfc) == 0xe4 && at + 1 < size ? at + 2 : 0;
}

/* Could that instruction be the access? Of memory, it has an operand of that size. */
static bool may_be(const struct exit_fact *fact, const uint8_t *code, size_t size, const char *text)
{
    static const char *const operands[] = {
        [1] = " byte ptr ", [2] = " word ptr ", [4] = " dword ptr ", [8] = " qword ptr "};

    if (fact->reason == KVM_EXIT_IO)
        return port_instruction(code, size) > 0;
    if (fact->reason != KVM_EXIT_MMIO)
        return true;
    return fact->size > 8 || operands[fact->size] == NULL ||
           strstr(text, operands[fact->size]) != NULL;
}

/* Where the instruction starts that ends at rip, found by decoding from several places before; most
 * of them meet. -1: they do not, or there is none that could be the access. */
static int instruction_before(const struct exits *exits, const struct moment *moment)
{
    unsigned votes[LOG_CODE_BEFORE] = {0};
    int best = -1;
    char text[128];

    for (unsigned start = 0; start < moment->before; start++) {
        size_t at = start, last = start;
        bool fits = false;

        while (at < moment->before) {
            size_t size =
                disassemble(exits->disassembler, moment->code + at, moment->bytes - at,
                            (uint64_t)moment->regs.rip - moment->before + at, text, sizeof text);

            if (size == 0)
                break;
            fits = may_be(&moment->fact, moment->code + at, size, text);
            last = at;
            at += size;
        }
        if (at == moment->before && fits)
            votes[last]++;
    }
    for (int i = 0; i < moment->before; i++) {
        if (votes[i] > 0 && (best < 0 || votes[i] > votes[best]))
            best = i;
    }
    return best;
}

/* KVM has done with an out or a store when it tells of it, on some hosts; then rip is behind. */
static int find_instruction(const struct exits *exits, const struct moment *moment)
{
    size_t left = (size_t)(moment->bytes - moment->before);
    int before = instruction_before(exits, moment);

    if (moment->fact.reason == KVM_EXIT_IO)
        return port_instruction(moment->code + moment->before, left) > 0 ? moment->before : before;
    if (moment->fact.reason == KVM_EXIT_HLT ||
        (moment->fact.reason == KVM_EXIT_MMIO && moment->fact.is_write))
        return before;
    return moment->before;
}

int exits_instruction(const struct exits *exits, const struct moment *moment, size_t *size,
                      char *text, size_t text_size)
{
    int at;

    if (exits->disassembler == NULL || moment->bytes == 0 || moment->bytes <= moment->before)
        return -1;
    at = find_instruction(exits, moment);
    if (at < 0)
        return -1;
    *size =
        disassemble(exits->disassembler, moment->code + at, moment->bytes - (size_t)at,
                    (uint64_t)moment->regs.rip - moment->before + (unsigned)at, text, text_size);
    return *size > 0 && may_be(&moment->fact, moment->code + at, *size, text) ? at : -1;
}

static const struct record_ops ops = {
    .unit = "moment",
    .promise = "record: hardware does not step back",
    .about = "This is a record of one run: KVM's requests and exits, as they came. Hardware does "
             "not step back; only this record does.",
    .time = time_of,
    .kind = kind_of,
    .kind_name = kind_name,
    .kinds = KINDS,
    .line = line,
    .sentence = sentence,
    .find = find,
    .number = number_of,
    .panes = exits_panes,
    .pane_count = EXITS_PANES,
    .list = EXITS_LIST,
    .plans =
        {{150,
          44,
          {54, 30, 16},
          {{{52, {EXITS_LIST}, 1}, {48, {EXITS_ONE}, 1}},
           {{52, {EXITS_REGISTERS}, 1}, {48, {EXITS_REASONS}, 1}},
           {{52, {EXITS_TIME}, 1}, {48, {EXITS_CONSOLE}, 1}}}},
         {110,
          34,
          {52, 48},
          {{{54, {EXITS_LIST}, 1}, {46, {EXITS_ONE}, 1}},
           {{54, {EXITS_REGISTERS, EXITS_TIME}, 2}, {46, {EXITS_REASONS, EXITS_CONSOLE}, 2}}}},
         {RECORD_WIDTH_LEAST,
          RECORD_HEIGHT_LEAST,
          {48, 52},
          {{{100, {EXITS_LIST}, 1}},
           {{100, {EXITS_ONE, EXITS_REASONS, EXITS_REGISTERS, EXITS_TIME, EXITS_CONSOLE}, 5}}}}},
};

void exits_init(struct exits *exits, const struct exit_log *log)
{
    *exits = (struct exits){.log = log,
                            .console = "",
                            .last_words = "",
                            .disassembler = disassembler_new(true, SYNTAX_INTEL)};
    exits->record.ops = &ops;
    exits->record.count = log_kept(log) + (log_dropped(log) > 0) + 1;
    for (size_t i = 0; i < log_kept(log); i++) {
        if (log_at(log, i)->kind == MOMENT_START && log_at(log, i)->cpu >= exits->cpus)
            exits->cpus = log_at(log, i)->cpu + 1;
    }
}

void exits_fini(struct exits *exits)
{
    disassembler_free(exits->disassembler);
}
