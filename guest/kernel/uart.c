/* The 16550 UART: bytes from and to a serial line.
 *
 *   0  read: the byte received; write: the byte to send
 *   1  which events interrupt             bit 0: a byte has been received
 *   2  write: control of the FIFOs        bit 0: use them
 *   3  the line                           3: eight bits, no parity
 *   5  state    bit 0: a byte has been received    bit 4: break    bit 5: a byte can be sent
 *
 * Sending waits until the byte can be sent; receiving interrupts, if the device has a line. A
 * break (the line was silent for longer than a byte, which is received as a zero) is the end of the
 * input. Source: data sheet of the PC16550D.
 */
#include "guest/kernel/console.h"
#include "guest/kernel/irq.h"
#include "guest/kernel/place.h"
#include "guest/kernel/spinlock.h"
#include "guest/kernel/tty.h"

#include <machine/cpu.h>
#include <machine/io.h>

enum {
    DATA = 0,
    INTERRUPTS = 1,
    FIFO = 2,
    LINE = 3,
    MODEM = 4,
    STATE = 5,
    INTERRUPT_RECEIVED = 1,
    FIFO_SIZE = 16,
    FIFO_USE = 1, /* what has come already must not be lost */
    LINE_8_BITS = 3,
    MODEM_INTERRUPTS = 8, /* on PCs the line of the interrupt passes through this switch */
    STATE_RECEIVED = 1,
    STATE_BREAK = 16, /* reading the state clears it */
    STATE_CAN_SEND = 32,
};

/* Two locks, because a character received is echoed: received_lock, the terminal's, send_lock. */
static struct {
    struct place place;  /* constant once it is found */
    bool interrupts;     /* constant */
    uint32_t line_break; /* atomic: 1: a break was seen, and its zero has not been read yet */
    struct spinlock received_lock;
    struct spinlock send_lock;
} uart = {.received_lock = SPINLOCK_INIT("uart in"), .send_lock = SPINLOCK_INIT("uart out")};

static uint8_t read_register(uint32_t number)
{
    return io_read8(uart.place.gpa + (number << uart.place.shift));
}

static void write_register(uint32_t number, uint8_t value)
{
    io_write8(uart.place.gpa + (number << uart.place.shift), value);
}

static uint8_t read_state(void)
{
    uint8_t state = read_register(STATE);
    if (state & STATE_BREAK)
        __atomic_store_n(&uart.line_break, 1, __ATOMIC_RELAXED);
    return state;
}

static void uart_write(const char *text, size_t length)
{
    spin_lock(&uart.send_lock);
    for (size_t i = 0; i < length; i++) {
        /* When it can send, its FIFO is empty. */
        while (i % FIFO_SIZE == 0 && !(read_state() & STATE_CAN_SEND))
            cpu_relax();
        write_register(DATA, (uint8_t)text[i]);
    }
    spin_unlock(&uart.send_lock);
}

/* Hands over what has been received. If the terminal has no room, what is left stays in the device,
 * which then must not interrupt until somebody has read. */
static void uart_poll(void)
{
    spin_lock(&uart.received_lock);
    bool room;
    while ((room = tty_has_room()) && read_state() & STATE_RECEIVED) {
        char c = (char)read_register(DATA);
        if (c == 0 && __atomic_exchange_n(&uart.line_break, 0, __ATOMIC_RELAXED))
            tty_end();
        else
            tty_input(c);
    }
    if (uart.interrupts)
        write_register(INTERRUPTS, room ? INTERRUPT_RECEIVED : 0);
    spin_unlock(&uart.received_lock);
}

static void uart_interrupt(void *argument)
{
    (void)argument;
    uart_poll();
}

static const struct console_driver uart_driver = {.write = uart_write, .poll = uart_poll};

static const struct console_driver uart_silent_driver = {
    .write = uart_write,
    .poll = uart_poll,
    .silent = true,
};

const struct console_driver *uart_find(void)
{
    if (!place_find(DEVICE_UART, 0, &uart.place))
        return NULL;
    write_register(INTERRUPTS, 0);
    write_register(FIFO, FIFO_USE);
    write_register(LINE, LINE_8_BITS);
    write_register(MODEM, MODEM_INTERRUPTS);
    uart.interrupts = irq_register(uart.place.line, uart_interrupt, NULL);
    if (uart.interrupts)
        write_register(INTERRUPTS, INTERRUPT_RECEIVED);
    return uart.interrupts ? &uart_driver : &uart_silent_driver;
}
