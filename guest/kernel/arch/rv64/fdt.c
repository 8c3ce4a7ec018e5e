/* The device tree, read in place.
 *
 *   header | reservations | structure | strings
 *
 * The structure is a row of 32-bit tokens: BEGIN_NODE name, PROP length name-offset value,
 * END_NODE, NOP, END; names and values are padded to four bytes. Every read is checked against the
 * size of the blob: a token that is cut off reads as END.
 */
#include "guest/kernel/arch/rv64/fdt.h"

#include <string.h>

enum token {
    TOKEN_BEGIN_NODE = 1,
    TOKEN_END_NODE = 2,
    TOKEN_PROP = 3,
    TOKEN_NOP = 4,
    TOKEN_END = 9,
};

enum { FDT_MAGIC = (int)0xd00dfeed };

/* The header's words that are used, by their place. */
enum {
    HEADER_SIZE = 1,
    HEADER_STRUCTURE = 2,
    HEADER_STRINGS = 3,
    HEADER_RESERVATIONS = 4,
    HEADER_STRINGS_SIZE = 8,
    HEADER_STRUCTURE_SIZE = 9,
};

/* Constant after fdt_init(). */
static struct {
    const uint8_t *blob;
    uint32_t size;
    const uint8_t *structure;
    const uint8_t *structure_end;
    const char *strings;
    uint32_t strings_size;
    const uint8_t *reservations;
} tree;

/* One token and what belongs to it. */
struct item {
    enum token token;
    const char *name;     /* of a node or a property */
    const uint8_t *value; /* of a property */
    uint32_t size;
    const uint8_t *next;
};

static uint32_t big32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* How many bytes of the structure there are from `at` on. */
static uint64_t bytes_left(const uint8_t *at)
{
    return (uint64_t)(tree.structure_end - at);
}

/* Reads what is at `at`. Returns its token. */
static enum token read_item(struct item *item, const uint8_t *at)
{
    uint64_t left = bytes_left(at);
    item->token = left >= 4 ? (enum token)big32(at) : TOKEN_END;
    item->next = at + 4;
    item->size = 0;
    if (item->token == TOKEN_BEGIN_NODE) {
        item->name = (const char *)item->next;
        item->size = (uint32_t)strlen(item->name) + 1;
    } else if (item->token == TOKEN_PROP && left >= 12) {
        uint32_t name = big32(at + 8);
        item->size = big32(at + 4);
        item->value = item->next = at + 12;
        item->name = tree.strings + name;
        if (name >= tree.strings_size)
            item->token = TOKEN_END;
    } else if (item->token != TOKEN_END_NODE && item->token != TOKEN_NOP) {
        item->token = TOKEN_END;
    }
    uint64_t padded = ((uint64_t)item->size + 3) & ~(uint64_t)3;
    if (item->token != TOKEN_END && padded > bytes_left(item->next))
        item->token = TOKEN_END;
    item->next += padded;
    return item->token;
}

/* A block of the blob, or the end of the kernel if it is none. */
static const uint8_t *block(uint32_t start, uint32_t size)
{
    if (start > tree.size || size > tree.size - start)
        panic("the device tree contradicts itself");
    return tree.blob + start;
}

void fdt_init(const void *blob)
{
    const uint8_t *header = blob;
    if (big32(header) != (uint32_t)FDT_MAGIC)
        panic("there is no device tree where the firmware says it is");
    tree.blob = header;
    tree.size = big32(header + 4 * HEADER_SIZE);
    tree.strings_size = big32(header + 4 * HEADER_STRINGS_SIZE);
    uint32_t structure_size = big32(header + 4 * HEADER_STRUCTURE_SIZE);
    tree.structure = block(big32(header + 4 * HEADER_STRUCTURE), structure_size);
    tree.structure_end = tree.structure + structure_size;
    tree.strings = (const char *)block(big32(header + 4 * HEADER_STRINGS), tree.strings_size);
    tree.reservations = block(big32(header + 4 * HEADER_RESERVATIONS), 0);
    /* With a NUL at the end of each, every text in it ends within the blob. */
    if (structure_size < 4 || big32(tree.structure_end - 4) != TOKEN_END ||
        tree.strings_size == 0 || tree.strings[tree.strings_size - 1] != '\0')
        panic("the device tree has no end");
}

uint64_t fdt_size(void)
{
    return tree.size;
}

/* Fills in a node whose BEGIN_NODE was read, under a parent (NULL: it is the root), which may be
 * the same object. */
static void node_init(struct fdt_node *node, const struct item *begin,
                      const struct fdt_node *parent)
{
    uint32_t address_cells = 2;
    uint32_t size_cells = 1;
    if (parent) {
        fdt_u32(parent, "#address-cells", 0, &address_cells);
        fdt_u32(parent, "#size-cells", 0, &size_cells);
    }
    *node = (struct fdt_node){begin->name, begin->next, address_cells, size_cells};
}

/* Skips what is left of a node; returns what follows its END_NODE. */
static const uint8_t *skip_node(const uint8_t *at)
{
    for (int depth = 1; depth > 0;) {
        struct item item;
        if (read_item(&item, at) == TOKEN_END)
            return tree.structure_end;
        if (item.token == TOKEN_BEGIN_NODE)
            depth++;
        else if (item.token == TOKEN_END_NODE)
            depth--;
        at = item.next;
    }
    return at;
}

/* The first node at or after `at` on the same level. */
static bool next_node(struct item *begin, const uint8_t *at)
{
    for (;; at = begin->next) {
        read_item(begin, at);
        if (begin->token == TOKEN_BEGIN_NODE)
            return true;
        if (begin->token == TOKEN_END || begin->token == TOKEN_END_NODE)
            return false;
    }
}

bool fdt_child(struct fdt_node *child, const struct fdt_node *node)
{
    struct item begin;
    if (!next_node(&begin, node->body))
        return false;
    node_init(child, &begin, node);
    return true;
}

bool fdt_sibling(struct fdt_node *node)
{
    struct item begin;
    if (!next_node(&begin, skip_node(node->body)))
        return false;
    node->name = begin.name;
    node->body = begin.next;
    return true;
}

static bool find_root(struct fdt_node *node)
{
    struct item begin;
    if (!next_node(&begin, tree.structure))
        return false;
    node_init(node, &begin, NULL);
    return true;
}

/* Whether a node has the name, which may leave out the unit address. */
static bool name_matches(const char *node, const char *name, size_t length)
{
    return strncmp(node, name, length) == 0 && (node[length] == '\0' || node[length] == '@');
}

bool fdt_find(struct fdt_node *node, const char *path)
{
    struct fdt_node at;
    if (!find_root(&at))
        return false;
    while (*path == '/')
        path++;
    while (*path) {
        const char *slash = strchr(path, '/');
        size_t length = slash ? (size_t)(slash - path) : strlen(path);
        struct fdt_node child;
        bool found = fdt_child(&child, &at);
        while (found && !name_matches(child.name, path, length))
            found = fdt_sibling(&child);
        if (!found)
            return false;
        at = child;
        path += length;
        while (*path == '/')
            path++;
    }
    *node = at;
    return true;
}

/* Whether one of the texts that a property lists is this one. */
static bool lists_text(const struct item *property, const char *text)
{
    const uint8_t *value = property->value;
    size_t size = property->size;
    size_t length = strlen(text) + 1;
    while (size >= length) {
        if (memcmp(value, text, length) == 0)
            return true;
        const uint8_t *end = memchr(value, 0, size);
        if (!end)
            return false;
        size -= (size_t)(end + 1 - value);
        value = end + 1;
    }
    return false;
}

enum { DEPTH_MAX = 8 };

/* A walk over the nodes in the order of the blob, which looks at each property once. A node's cells
 * are its parent's to say, so what those above have said is kept. */
struct walk {
    const char *property; /* what is looked for: a property ... */
    const char *text;     /* ... that lists this text */
    const uint8_t *at;
    size_t depth;
    struct {
        struct fdt_node node;
        uint32_t address_cells; /* of its children */
        uint32_t size_cells;
    } path[DEPTH_MAX];
};

/* Reads the properties of the node that the walk has come to. Returns whether it is what is looked
 * for. */
static bool walk_properties(struct walk *walk)
{
    bool lists = false;
    bool usable = true;
    size_t level = walk->depth - 1;
    walk->path[level].address_cells = 2;
    walk->path[level].size_cells = 1;
    for (struct item item;; walk->at = item.next) {
        read_item(&item, walk->at);
        if (item.token == TOKEN_NOP)
            continue;
        if (item.token != TOKEN_PROP)
            return lists && usable;
        if (strcmp(item.name, walk->property) == 0)
            lists = lists_text(&item, walk->text);
        else if (strcmp(item.name, "status") == 0)
            usable = lists_text(&item, "okay") || lists_text(&item, "ok");
        else if (strcmp(item.name, "#address-cells") == 0 && item.size == 4)
            walk->path[level].address_cells = big32(item.value);
        else if (strcmp(item.name, "#size-cells") == 0 && item.size == 4)
            walk->path[level].size_cells = big32(item.value);
    }
}

/* Goes on to the next node that is what is looked for. Returns false when the walk has left what it
 * started in. */
static bool walk_find(struct walk *walk)
{
    for (;;) {
        struct item item;
        read_item(&item, walk->at);
        if (item.token == TOKEN_END || (item.token == TOKEN_END_NODE && walk->depth == 0))
            return false;
        walk->at = item.next;
        if (item.token == TOKEN_END_NODE)
            walk->depth--;
        if (item.token != TOKEN_BEGIN_NODE)
            continue;
        if (walk->depth == DEPTH_MAX) {
            walk->at = skip_node(item.next);
            continue;
        }
        struct fdt_node *here = &walk->path[walk->depth].node;
        here->name = item.name;
        here->body = item.next;
        if (walk->depth > 0) {
            here->address_cells = walk->path[walk->depth - 1].address_cells;
            here->size_cells = walk->path[walk->depth - 1].size_cells;
        }
        walk->depth++;
        if (walk_properties(walk))
            return true;
    }
}

static bool find_listing(struct fdt_node *node, const struct fdt_node *after, const char *property,
                         const char *text)
{
    /* First among those that have the same parent, whose cells are known. */
    struct walk walk = {.property = property, .text = text, .at = tree.structure};
    if (after) {
        walk.path[0].node = *after;
        walk.depth = 1;
        walk.at = after->body;
        walk_properties(&walk);
    }
    bool found = walk_find(&walk);
    if (!found && after) {
        /* Then from the start, passing over what was seen. */
        const uint8_t *seen = walk.at;
        walk.at = tree.structure;
        walk.depth = 0;
        do
            found = walk_find(&walk);
        while (found && walk.at <= seen);
    }
    if (found)
        *node = walk.path[walk.depth - 1].node;
    return found;
}

bool fdt_find_compatible(struct fdt_node *node, const struct fdt_node *after, const char *text)
{
    return find_listing(node, after, "compatible", text);
}

bool fdt_find_type(struct fdt_node *node, const struct fdt_node *after, const char *text)
{
    return find_listing(node, after, "device_type", text);
}

const uint8_t *fdt_property(const struct fdt_node *node, const char *name, uint32_t *size)
{
    /* A node's properties stand before its children. */
    const uint8_t *at = node->body;
    for (struct item item;; at = item.next) {
        read_item(&item, at);
        if (item.token == TOKEN_PROP && strcmp(item.name, name) == 0) {
            *size = item.size;
            return item.value;
        }
        if (item.token != TOKEN_PROP && item.token != TOKEN_NOP)
            return NULL;
    }
}

const char *fdt_text(const struct fdt_node *node, const char *name)
{
    uint32_t size;
    const uint8_t *value = fdt_property(node, name, &size);
    return value && size > 0 && value[size - 1] == '\0' ? (const char *)value : NULL;
}

bool fdt_u32(const struct fdt_node *node, const char *name, uint32_t index, uint32_t *value)
{
    uint32_t size;
    const uint8_t *cells = fdt_property(node, name, &size);
    if (!cells || size / 4 <= index)
        return false;
    *value = big32(cells + 4 * (uint64_t)index);
    return true;
}

/* A number of one or two cells (none: 0). */
static uint64_t read_cells(const uint8_t *cells, uint32_t count)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++)
        value = value << 32 | big32(cells + 4 * (uint64_t)i);
    return value;
}

bool fdt_u64(const struct fdt_node *node, const char *name, uint64_t *value)
{
    uint32_t size;
    const uint8_t *cells = fdt_property(node, name, &size);
    if (!cells || (size != 4 && size != 8))
        return false;
    *value = read_cells(cells, size / 4);
    return true;
}

bool fdt_reg(const struct fdt_node *node, uint32_t index, uint64_t *address, uint64_t *size)
{
    uint32_t bytes;
    const uint8_t *cells = fdt_property(node, "reg", &bytes);
    if (!cells || node->address_cells > 2 || node->size_cells > 2)
        return false;
    uint32_t pair = 4 * (node->address_cells + node->size_cells);
    if (pair == 0 || bytes / pair <= index)
        return false;
    cells += (uint64_t)pair * index;
    *address = read_cells(cells, node->address_cells);
    *size = read_cells(cells + 4 * (uint64_t)node->address_cells, node->size_cells);
    return true;
}

bool fdt_reservation(uint32_t index, uint64_t *address, uint64_t *size)
{
    const uint8_t *at = tree.reservations;
    if ((uint64_t)(tree.blob + tree.size - at) / 16 <= index)
        return false;
    *address = read_cells(at + 16 * (uint64_t)index, 2);
    *size = read_cells(at + 16 * (uint64_t)index + 8, 2);
    return *address != 0 || *size != 0;
}
