/*
 * uart.h: a serial port: the 16550A, as far as drivers use one without a modem.
 *
 * Bytes that the guest sends leave at once, so the transmitter is always empty. Bytes for the guest
 * wait in a FIFO of 16; the caller asks uart_room() first and keeps what does not fit, as a sender
 * does that watches the line. The speed of the line is stored and means nothing.
 *
 * Source: National Semiconductor PC16550D data sheet, table II and section 8.
 */
#ifndef TRIVIUM_DEV_UART_H
#define TRIVIUM_DEV_UART_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/bus.h"

#define UART_SIZE 0x100 /* bytes of address space; the registers are the first 8 */
#define UART_FIFO 16U

struct uart_state {
    uint8_t interrupt_enable; /* IER */
    uint8_t line_control;     /* LCR */
    uint8_t modem_control;    /* MCR */
    uint8_t scratch;          /* SCR */
    uint8_t fifo_control;     /* FCR: bit 0, FIFOs on, and the trigger level in bits 6 and 7 */
    uint8_t divisor[2];       /* DLL, DLM */
    uint8_t sent;             /* "transmitter empty" has not been reported since: 0 or 1 */
    uint8_t first, count;     /* of the FIFO */
    uint8_t fifo[UART_FIFO];
    uint16_t breaks; /* bit N: fifo[N] is a break, of which LSR has not told yet */
};

struct uart {
    struct uart_state state;
    void (*send)(void *owner, uint8_t byte); /* where the guest's bytes go */
    void *owner;
};

/* Power-on state; `send` is called with `owner`. */
void uart_init(struct uart *uart, void (*send)(void *owner, uint8_t byte), void *owner);

/* Its place on a bus, at gpa `base`. */
struct bus_range uart_range(struct uart *uart, uint64_t base);

/*
 * How many bytes the guest can be sent now. None before a driver has enabled the FIFOs or the
 * interrupt of a byte that is there: it would clear them when it starts, and firmware may want them
 * meanwhile.
 */
unsigned uart_room(const struct uart *uart);

/* A byte arrives for the guest; one for which there is no room is lost. */
void uart_receive(struct uart *uart, uint8_t byte);

/*
 * A break: the line is silent for longer than any byte. The guest sees LSR bit 4 and a zero byte. A
 * console whose input has ended says so by it.
 */
void uart_break(struct uart *uart);

/* The level of the interrupt line. */
bool uart_interrupts(const struct uart *uart);

#endif
