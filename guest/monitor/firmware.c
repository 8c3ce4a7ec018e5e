/*
 * firmware.c: SBI, as far as the guest's kernel has it; see guest.h. Its calls are not handed down:
 * a timer, a console and an end are virtual, and nothing else is there to be asked for.
 *
 *     a7 extension   a6 function   a0, a1 arguments   ->   a0 error   a1 value
 */
#include "guest/monitor/guest.h"

enum { A0 = 10, A1 = 11, A6 = 16, A7 = 17 };
enum { SBI_SUCCESS = 0, SBI_NOT_SUPPORTED = -2 };

/* The reasons from 0xe0000000 on are the firmware's own; Trivium's takes a status from there. */
static int status_of(uint64_t reason)
{
    uint64_t own = (reason & 0xffffffff) - 0xe0000000;

    return reason == 0 ? 0 : own <= 255 ? (int)own : 1;
}

void guest_firmware(struct guest *guest)
{
    uint64_t *x = guest->x, function = x[A6];

    guest->pc += 4;
    switch (x[A7]) {
    case LEGACY_PUTCHAR: host_put((char)x[A0]); break;
    case EXT_TIME:
    case LEGACY_SET_TIMER:
        guest->sip &= ~TIMER_BIT;
        host_timer(x[A0]);
        break;
    case EXT_SRST:
        guest->status = status_of(x[A1]);
        guest->ended = function == 0 && x[A0] == 0;
        break;
    case LEGACY_SHUTDOWN: guest->ended = true; break;
    default: x[A0] = (uint64_t)SBI_NOT_SUPPORTED; return;
    }
    x[A0] = SBI_SUCCESS;
    if (x[A7] > LEGACY_SHUTDOWN) /* the legacy ones have no value */
        x[A1] = 0;
}
