/*
 * uart.c: the registers of the 16550; see uart.h.
 *
 *   offset   read                     write                    with LCR bit 7 (DLAB)
 *     0      receive buffer           transmit                 divisor, low
 *     1      interrupt enable         the same                 divisor, high
 *     2      interrupt identity       FIFO control
 *     3      line control             the same
 *     4      modem control            the same
 *     5      line status
 *     6      modem status
 *     7      scratch                  the same
 */
#include "dev/uart.h"

enum { DATA, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCR };

enum {
    IER_RECEIVED = 1, /* interrupt when there is a byte to read */
    IER_SENT = 2,     /* interrupt when the transmitter has become empty */

    IIR_NONE = 1,
    IIR_SENT = 2,
    IIR_RECEIVED = 4,
    IIR_FIFOS = 0xc0,

    FCR_ENABLE = 1,
    FCR_CLEAR_RECEIVED = 2,
    FCR_TRIGGER = 0xc0,

    LCR_DLAB = 0x80,

    MCR_LOOP = 0x10, /* what is sent comes back */

    LSR_READY = 1,    /* a byte can be read */
    LSR_BREAK = 0x10, /* that byte is a break */
    LSR_EMPTY = 0x60, /* the transmitter is empty: its holding register, and all of it */

    MSR_CONNECTED = 0xb0, /* carrier, data set ready, clear to send */
};

void uart_init(struct uart *uart, void (*send)(void *owner, uint8_t byte), void *owner)
{
    *uart = (struct uart){.send = send, .owner = owner};
}

unsigned uart_room(const struct uart *uart)
{
    const struct uart_state *state = &uart->state;
    bool listens =
        (state->fifo_control & FCR_ENABLE) != 0 || (state->interrupt_enable & IER_RECEIVED) != 0;

    return listens ? UART_FIFO - state->count : 0U;
}

void uart_receive(struct uart *uart, uint8_t byte)
{
    struct uart_state *state = &uart->state;

    if (state->count == UART_FIFO)
        return;
    state->fifo[(state->first + state->count) % UART_FIFO] = byte;
    state->count++;
}

void uart_break(struct uart *uart)
{
    struct uart_state *state = &uart->state;
    unsigned place = (state->first + state->count) % UART_FIFO;

    if (state->count == UART_FIFO)
        return;
    uart_receive(uart, 0);
    state->breaks |= (uint16_t)(1U << place);
}

/* To read the status is to take notice of a break. */
static uint8_t read_status(struct uart_state *state)
{
    uint16_t first = (uint16_t)(1U << state->first);
    uint8_t status = LSR_EMPTY;

    if (state->count == 0)
        return status;
    if ((state->breaks & first) != 0)
        status |= LSR_BREAK;
    state->breaks &= (uint16_t)~first;
    return status | LSR_READY;
}

static uint8_t read_data(struct uart_state *state)
{
    uint8_t byte;

    if (state->count == 0)
        return 0;
    byte = state->fifo[state->first];
    state->breaks &= (uint16_t) ~(1U << state->first);
    state->first = (uint8_t)((state->first + 1) % UART_FIFO);
    state->count--;
    return byte;
}

/*
 * The cause of an interrupt, the most urgent first. A byte is reported as soon as it is there,
 * whatever the trigger level: the chip would do so too, four characters' time later.
 */
static uint8_t interrupt_identity(const struct uart_state *state)
{
    if ((state->interrupt_enable & IER_RECEIVED) != 0 && state->count > 0)
        return IIR_RECEIVED;
    if ((state->interrupt_enable & IER_SENT) != 0 && state->sent != 0)
        return IIR_SENT;
    return IIR_NONE;
}

bool uart_interrupts(const struct uart *uart)
{
    return interrupt_identity(&uart->state) != IIR_NONE;
}

static uint8_t read_identity(struct uart_state *state)
{
    uint8_t identity = interrupt_identity(state);

    if (identity == IIR_SENT)
        state->sent = 0; /* to read that cause is to acknowledge it */
    return (uint8_t)(identity | ((state->fifo_control & FCR_ENABLE) != 0 ? IIR_FIFOS : 0));
}

static bool load(void *device, uint64_t offset, unsigned width, uint64_t *value)
{
    struct uart_state *state = &((struct uart *)device)->state;
    bool divisor = (state->line_control & LCR_DLAB) != 0;

    *value = 0;
    if (width != 8)
        return false;
    switch (offset) {
    case DATA: *value = divisor ? state->divisor[0] : read_data(state); break;
    case IER: *value = divisor ? state->divisor[1] : state->interrupt_enable; break;
    case IIR_FCR: *value = read_identity(state); break;
    case LCR: *value = state->line_control; break;
    case MCR: *value = state->modem_control; break;
    case LSR: *value = read_status(state); break;
    case MSR: *value = MSR_CONNECTED; break;
    case SCR: *value = state->scratch; break;
    default: break; /* no register: zero */
    }
    return true;
}

static void write_data(struct uart *uart, uint8_t byte)
{
    if ((uart->state.modem_control & MCR_LOOP) != 0)
        uart_receive(uart, byte);
    else
        uart->send(uart->owner, byte);
    uart->state.sent = 1;
}

static void write_fifo_control(struct uart_state *state, uint8_t byte)
{
    if ((byte & FCR_CLEAR_RECEIVED) != 0 || ((byte ^ state->fifo_control) & FCR_ENABLE) != 0) {
        state->count = 0;
        state->breaks = 0;
    }
    state->fifo_control = byte & (FCR_ENABLE | FCR_TRIGGER);
}

/* Whoever enables "transmitter empty" while it is empty is told so at once. */
static void write_interrupt_enable(struct uart_state *state, uint8_t byte)
{
    if ((byte & ~state->interrupt_enable & IER_SENT) != 0)
        state->sent = 1;
    state->interrupt_enable = byte & 0x0f;
}

static bool store(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct uart *uart = device;
    struct uart_state *state = &uart->state;
    bool divisor = (state->line_control & LCR_DLAB) != 0;
    uint8_t byte = (uint8_t)value;

    if (width != 8)
        return false;
    switch (offset) {
    case DATA:
        if (divisor)
            state->divisor[0] = byte;
        else
            write_data(uart, byte);
        break;
    case IER:
        if (divisor)
            state->divisor[1] = byte;
        else
            write_interrupt_enable(state, byte);
        break;
    case IIR_FCR: write_fifo_control(state, byte); break;
    case LCR: state->line_control = byte; break;
    case MCR: state->modem_control = byte & 0x1f; break;
    case SCR: state->scratch = byte; break;
    default: break; /* read-only, or no register */
    }
    return true;
}

struct bus_range uart_range(struct uart *uart, uint64_t base)
{
    return (struct bus_range){.name = "uart",
                              .base = base,
                              .size = UART_SIZE,
                              .device = uart,
                              .load = load,
                              .store = store};
}
