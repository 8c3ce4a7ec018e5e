/*
 * elf_symbols.c: the names of a program's functions, sorted by address. See elf.h.
 *
 * A symbol table is a section, and sections are for linkers and people: nothing that a program does
 * depends on them. So whatever is odd here is left out silently, and everything is bounded, since a
 * hostile table can name one long string a million times.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/elf.h"
#include "lib/elf_file.h"

/* A Linux kernel has a quarter of a million symbols. */
#define SYMBOLS_MAX    1000000

#define STRINGS_MAX    (UINT64_C(64) << 20) /* bytes */
#define NAME_MAX_BYTES 511

struct symbol {
    uint64_t start;
    uint64_t end;  /* one after its last byte */
    uint32_t name; /* where in strings */
    uint32_t rank; /* of several at one address, the lowest is shown */
};

struct elf_symbols {
    struct symbol *sorted; /* owned; by start, then rank */
    size_t count;
    char *strings; /* owned; the file's string table, which ends with a NUL */
    size_t strings_size;
};

/* The content of a section of `type`, all of it, or NULL. It is the Elf's. */
static const Elf_Data *section_data(Elf_Scn *section, uint32_t type, uint64_t max)
{
    const Elf64_Shdr *header = elf64_getshdr(section);
    const Elf_Data *data;

    /* Compressed ones are refused: a few bytes could become gigabytes. */
    if (header == NULL || header->sh_type != type || (header->sh_flags & SHF_COMPRESSED) != 0 ||
        header->sh_size == 0 || header->sh_size > max)
        return NULL;
    data = elf_getdata(section, NULL);
    return data != NULL && data->d_buf != NULL && data->d_size == header->sh_size ? data : NULL;
}

/* Finds the symbol table and, in *strings, the string table that it names. */
static const Elf_Data *find_tables(Elf *elf, const Elf_Data **strings)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(elf, section)) != NULL) {
        const Elf64_Shdr *header = elf64_getshdr(section);
        const Elf_Data *table;

        if (header == NULL || header->sh_type != SHT_SYMTAB)
            continue;
        table = section_data(section, SHT_SYMTAB, SYMBOLS_MAX * sizeof(Elf64_Sym));
        *strings = section_data(elf_getscn(elf, header->sh_link), SHT_STRTAB, STRINGS_MAX);
        return *strings != NULL ? table : NULL; /* a file has one symbol table */
    }
    return NULL;
}

/*
 * May the name be shown? It may end up on a terminal, which bytes that do not print can command.
 * "$x..." and "$d..." mark code and data for the disassembler, ".L..." are a compiler's own labels.
 */
static bool is_presentable(const char *name)
{
    size_t length = strnlen(name, NAME_MAX_BYTES + 1);

    if (length == 0 || length > NAME_MAX_BYTES || name[0] == '$' || name[0] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (name[i] <= ' ' || name[i] > '~')
            return false;
    }
    return true;
}

/* The executable segment that `gva` lies in, or NULL. */
static const struct elf_segment *code_at(const struct elf_image *image, uint64_t gva)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if ((segment->flags & ELF_EXEC) != 0 && gva >= segment->vaddr &&
            gva - segment->vaddr < segment->memsz)
            return segment;
    }
    return NULL;
}

/* Adds `from` to the table if it names code. An assembler's labels have no type and no size. */
static void take_symbol(struct elf_symbols *symbols, const struct elf_image *image,
                        const Elf64_Sym *from)
{
    unsigned type = ELF64_ST_TYPE(from->st_info);
    const struct elf_segment *code = code_at(image, from->st_value);
    struct symbol symbol = {.start = from->st_value, .name = from->st_name};
    uint64_t room;

    if ((type != STT_FUNC && type != STT_NOTYPE) || from->st_shndx == SHN_UNDEF || code == NULL ||
        from->st_name >= symbols->strings_size || !is_presentable(symbols->strings + from->st_name))
        return;
    room = code->memsz - (symbol.start - code->vaddr);
    symbol.end = symbol.start + (from->st_size < room ? from->st_size : room);
    symbol.rank =
        (type == STT_FUNC ? 0U : 2U) + (ELF64_ST_BIND(from->st_info) == STB_LOCAL ? 1U : 0U);
    symbols->sorted[symbols->count++] = symbol;
}

static int compare_symbols(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;

    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->name > b->name) - (a->name < b->name);
}

/* A symbol without a size reaches to the next one, or to the end of its segment. */
static void close_gaps(struct elf_symbols *symbols, const struct elf_image *image)
{
    uint64_t next = UINT64_MAX; /* the nearest start above the symbol's own */

    for (size_t i = symbols->count; i-- > 0;) {
        struct symbol *symbol = &symbols->sorted[i];

        if (i + 1 < symbols->count && symbols->sorted[i + 1].start != symbol->start)
            next = symbols->sorted[i + 1].start;
        if (symbol->end == symbol->start) {
            const struct elf_segment *code = code_at(image, symbol->start);
            uint64_t end = code->vaddr + code->memsz;

            symbol->end = next < end ? next : end;
        }
    }
}

/* Copies what is worth keeping of the two tables. NULL: nothing is, or there is no memory. */
static struct elf_symbols *take_tables(const struct elf_image *image, const Elf_Data *table,
                                       const Elf_Data *strings)
{
    const Elf64_Sym *from = table->d_buf;
    size_t count = table->d_size / sizeof *from;
    struct elf_symbols *symbols = calloc(1, sizeof *symbols);

    if (symbols == NULL)
        return NULL;
    symbols->strings_size = strings->d_size;
    symbols->strings = malloc(strings->d_size);
    symbols->sorted = calloc(count, sizeof *symbols->sorted);
    if (symbols->strings == NULL || symbols->sorted == NULL)
        goto fail;
    memcpy(symbols->strings, strings->d_buf, strings->d_size);
    if (symbols->strings[strings->d_size - 1] != '\0')
        goto fail;
    for (size_t i = 0; i < count; i++)
        take_symbol(symbols, image, &from[i]);
    if (symbols->count == 0)
        goto fail;
    qsort(symbols->sorted, symbols->count, sizeof *symbols->sorted, compare_symbols);
    close_gaps(symbols, image);
    return symbols;
fail:
    elf_symbols_free(symbols);
    return NULL;
}

struct elf_symbols *elf_symbols_new(const struct elf_image *image)
{
    struct elf_symbols *symbols = NULL;
    const Elf_Data *table, *strings;
    struct err err; /* a file without symbols is no failure */
    uint64_t size;
    Elf *elf = elf_file_begin(image->fd, "the program", &size, &err);

    if (elf == NULL)
        return NULL;
    table = find_tables(elf, &strings);
    if (table != NULL)
        symbols = take_tables(image, table, strings);
    elf_end(elf);
    return symbols;
}

/* How many symbols start below `gva`: the index of the first that does not. */
static size_t count_below(const struct elf_symbols *symbols, uint64_t gva)
{
    size_t low = 0, high = symbols->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (symbols->sorted[middle].start < gva)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *elf_symbols_find(const struct elf_symbols *symbols, uint64_t gva, uint64_t *offset)
{
    const struct symbol *symbol;
    size_t index;

    if (symbols == NULL)
        return NULL;
    index = count_below(symbols, gva);
    if (index == symbols->count || symbols->sorted[index].start != gva) {
        if (index == 0)
            return NULL;
        /* Among those that share the nearest start below, the first is the one to show. */
        index = count_below(symbols, symbols->sorted[index - 1].start);
    }
    symbol = &symbols->sorted[index];
    if (gva >= symbol->end)
        return NULL;
    *offset = gva - symbol->start;
    return symbols->strings + symbol->name;
}

bool elf_symbols_address(const struct elf_symbols *symbols, const char *name, uint64_t *gva)
{
    if (symbols == NULL)
        return false;
    for (size_t i = 0; i < symbols->count; i++) {
        if (strcmp(symbols->strings + symbols->sorted[i].name, name) == 0) {
            *gva = symbols->sorted[i].start;
            return true;
        }
    }
    return false;
}

void elf_symbols_free(struct elf_symbols *symbols)
{
    if (symbols == NULL)
        return;
    free(symbols->strings);
    free(symbols->sorted);
    free(symbols);
}

struct elf_symbols *elf_symbols_of_file(const char *path)
{
    struct elf_symbols *symbols = NULL;
    struct elf_image image;
    struct err ignored = {0};

    if (elf_open(&image, path, &ignored) == 0) {
        symbols = elf_symbols_new(&image);
        elf_close(&image);
    }
    return symbols;
}

bool elf_symbol_anywhere(const struct elf_image *image, const char *name, uint64_t *gva)
{
    const Elf_Data *table = NULL, *strings = NULL;
    size_t length = strlen(name) + 1;
    bool found = false;
    struct err err; /* as in elf_symbols_new() */
    uint64_t size;
    Elf *elf = elf_file_begin(image->fd, "the program", &size, &err);

    if (elf != NULL)
        table = find_tables(elf, &strings);
    for (size_t i = 0; table != NULL && !found && i < table->d_size / sizeof(Elf64_Sym); i++) {
        const Elf64_Sym *symbol = &((const Elf64_Sym *)table->d_buf)[i];

        found = symbol->st_shndx != SHN_UNDEF && symbol->st_name < strings->d_size &&
                strings->d_size - symbol->st_name >= length &&
                memcmp((const char *)strings->d_buf + symbol->st_name, name, length) == 0;
        if (found)
            *gva = symbol->st_value;
    }
    if (elf != NULL)
        elf_end(elf);
    return found;
}
