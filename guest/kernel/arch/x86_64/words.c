/* Numbers in boot arguments; see words.h. */
#include "guest/kernel/arch/x86_64/words.h"

#include "guest/kernel/boot.h"

/* The value of a digit in that base, or the base. */
static uint64_t digit(char c, uint64_t base)
{
    uint64_t value = c >= '0' && c <= '9'   ? (uint64_t)(c - '0')
                     : c >= 'a' && c <= 'f' ? (uint64_t)(c - 'a' + 10)
                                            : base;
    return value < base ? value : base;
}

size_t words_numbers(const char *name, uint64_t *numbers, size_t count)
{
    const char *text = boot_word(name);
    size_t i = 0;
    while (text && i < count) {
        uint64_t base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
        uint64_t value = 0;
        text += base == 16 ? 2 : 0;
        if (digit(*text, base) == base)
            panic("no number behind %s", name);
        for (; digit(*text, base) < base; text++)
            value = value * base + digit(*text, base);
        numbers[i++] = value;
        if (*text != ',')
            return i;
        text++;
    }
    return i;
}
