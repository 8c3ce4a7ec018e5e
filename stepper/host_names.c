/*
 * host_names.c: which guest registers a host instruction is about; see panes.h.
 *
 * In a block a guest register is in its home, a host register, or else in the hart, to which rbp
 * points (emu/dbt/emit.h).
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "emu/isa/disasm.h"
#include "stepper/panes.h"

/* Is `word` a part of that register: "ebx", "bx" or "bl" of rbx, "r8d" of r8? */
static bool is_part_of(const char *word, size_t length, const char *reg)
{
    size_t whole = strlen(reg);

    if (reg[1] >= '0' && reg[1] <= '9')
        return strncmp(word, reg, whole) == 0 &&
               (length == whole || (length == whole + 1 && strchr("dwb", word[whole]) != NULL));
    if (length == 3 && strncmp(word + 1, reg + 1, 2) == 0)
        return word[0] == 'r' || word[0] == 'e';
    if (strncmp(word, reg + 1, 2) == 0) /* "si", "sil" */
        return length == 2 || (length == 3 && word[2] == 'l');
    return length == 2 && reg[2] == 'x' && word[0] == reg[1] && strchr("lh", word[1]) != NULL;
}

static const char *guest_of(const struct kept *kept, const char *word, size_t length)
{
    for (unsigned i = 0; kept->has_homes && i < HOMES; i++) {
        if (is_part_of(word, length, x86_reg_name(emit_home(i))))
            return isa_register_name('x', kept->homes.guest[i], NAMES_ABI);
    }
    return NULL;
}

/* "[rbp-0x78]" is ra in the hart; NULL: none of the registers. */
static const char *in_hart(const char *text)
{
    long offset;

    if (strncmp(text, "rbp", 3) != 0 || strchr("+-]", text[3]) == NULL)
        return NULL;
    offset = (text[3] == ']' ? 0 : strtol(text + 3, NULL, 0)) + EMIT_HART_BIAS -
             (long)offsetof(struct hart, x);
    if (offset < 0 || offset % 8 != 0 || offset / 8 >= 32)
        return NULL;
    return isa_register_name('x', (unsigned)offset / 8, NAMES_ABI);
}

static void add_name(char *names, size_t size, const char *name)
{
    char *found = strstr(names, name);
    size_t used = strlen(names), length = strlen(name);

    if (found != NULL && (found[length] == ' ' || found[length] == '\0') &&
        (found == names || found[-1] == ' '))
        return;
    snprintf(names + used, size - used, "%s%s", used > 0 ? " " : "", name);
}

void host_line_guests(const struct kept *kept, const char *text, char *names, size_t size)
{
    names[0] = '\0';
    while (*text != '\0') {
        size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789");
        const char *name = length > 0 ? guest_of(kept, text, length) : NULL;

        if (name == NULL && length == 3)
            name = in_hart(text);
        if (name != NULL)
            add_name(names, size, name);
        text += length > 0 ? length : 1;
    }
}
