/* tiny_print.c: see tiny.h. */
#include "guest/monitor/tiny.h"

void print(const char *text, const uint64_t *numbers)
{
    for (; *text != '\0'; text++) {
        if (*text != '%') {
            sbi(SBI_PUTCHAR, (unsigned char)*text);
            continue;
        }
        for (int shift = 60; shift >= 0; shift -= 4) {
            if (shift == 0 || *numbers >> shift != 0)
                sbi(SBI_PUTCHAR, (unsigned char)"0123456789abcdef"[*numbers >> shift & 15]);
        }
        numbers++;
    }
}
