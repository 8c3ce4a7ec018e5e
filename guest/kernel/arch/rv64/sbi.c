/* Calls to the firmware. */
#include "guest/kernel/arch/rv64/sbi.h"

#include "guest/kernel/arch.h"

/* Extension numbers: the new ones spell their names. */
enum {
    EXTENSION_BASE = 0x10,
    EXTENSION_TIME = 0x54494d45,
    EXTENSION_IPI = 0x735049,
    EXTENSION_HSM = 0x48534d,
    EXTENSION_SRST = 0x53525354,
    EXTENSION_DBCN = 0x4442434e,
    LEGACY_SET_TIMER = 0,
    LEGACY_CONSOLE_PUT = 1,
    LEGACY_CONSOLE_GET = 2,
    LEGACY_SEND_IPI = 4,
    LEGACY_SHUTDOWN = 8,
};

enum {
    BASE_PROBE = 3,
    TIME_SET_TIMER = 0,
    IPI_SEND = 0,
    HSM_HART_START = 0,
    SRST_RESET = 0,
    DBCN_WRITE = 0,
    DBCN_READ = 1,
};

struct sbi_result {
    int64_t error; /* 0: none; a legacy call's only answer */
    uint64_t value;
};

/* Which extensions there are. Written while booting, constant from then on. */
static struct {
    bool time;
    bool ipi;
    bool hsm;
    bool srst;
    bool dbcn;
} sbi;

static struct sbi_result call(uint64_t extension, uint64_t function, uint64_t x, uint64_t y,
                              uint64_t z)
{
    register uint64_t a0 __asm__("a0") = x;
    register uint64_t a1 __asm__("a1") = y;
    register uint64_t a2 __asm__("a2") = z;
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
    return (struct sbi_result){(int64_t)a0, a1};
}

static bool probe(uint64_t extension)
{
    /* Firmware older than the base extension answers with an error. */
    struct sbi_result result = call(EXTENSION_BASE, BASE_PROBE, extension, 0, 0);
    return result.error == 0 && result.value != 0;
}

void sbi_init(void)
{
    sbi.time = probe(EXTENSION_TIME);
    sbi.ipi = probe(EXTENSION_IPI);
    sbi.hsm = probe(EXTENSION_HSM);
    sbi.srst = probe(EXTENSION_SRST);
    sbi.dbcn = probe(EXTENSION_DBCN);
}

void sbi_set_timer(uint64_t ticks)
{
    if (sbi.time)
        call(EXTENSION_TIME, TIME_SET_TIMER, ticks, 0, 0);
    else
        call(LEGACY_SET_TIMER, 0, ticks, 0, 0);
}

void sbi_send_ipi(uint64_t hart)
{
    if (sbi.ipi) {
        call(EXTENSION_IPI, IPI_SEND, 1, hart, 0);
    } else {
        /* The old call wants the address of a mask. */
        uint64_t mask = (uint64_t)1 << hart;
        call(LEGACY_SEND_IPI, 0, (uintptr_t)&mask, 0, 0);
    }
}

bool sbi_hart_start(uint64_t hart, uint64_t gpa, uint64_t argument)
{
    return sbi.hsm && call(EXTENSION_HSM, HSM_HART_START, hart, gpa, argument).error == 0;
}

void sbi_console_write(const char *text, size_t length)
{
    while (sbi.dbcn && length > 0) {
        struct sbi_result result = call(EXTENSION_DBCN, DBCN_WRITE, length, arch_gpa(text), 0);
        if (result.error != 0)
            break;
        text += result.value;
        length -= result.value;
    }
    for (; length > 0; text++, length--)
        call(LEGACY_CONSOLE_PUT, 0, (unsigned char)*text, 0, 0);
}

int sbi_console_read(void)
{
    if (!sbi.dbcn)
        return (int)call(LEGACY_CONSOLE_GET, 0, 0, 0, 0).error;
    unsigned char byte = 0;
    struct sbi_result result = call(EXTENSION_DBCN, DBCN_READ, 1, arch_gpa(&byte), 0);
    return result.error == 0 && result.value == 1 ? byte : -1;
}

void sbi_shutdown(bool failure)
{
    if (sbi.srst)
        call(EXTENSION_SRST, SRST_RESET, 0, failure, 0);
    call(LEGACY_SHUTDOWN, 0, 0, 0, 0);
}
