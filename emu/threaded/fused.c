/*
 * fused.c: handlers of two and three instructions: see fused.def. Each instruction keeps its
 * record, and everything is done as by its own handler; it is the way from one to the next that is
 * saved.
 */
#include "emu/threaded/execute.h"

INLINE enum stop execute_pair(bool is_board, struct shape first, struct shape second,
                              struct record *record, struct hart *hart, struct relay *relay,
                              int64_t budget)
{
    if (!perform(is_board, first, record, hart, relay))
        return handler_step(record, hart, relay, budget);
    return execute(is_board, second, record + 1, hart, relay, budget);
}

INLINE enum stop execute_triple(bool is_board, struct shape first, struct shape second,
                                struct shape third, struct record *record, struct hart *hart,
                                struct relay *relay, int64_t budget)
{
    if (!perform(is_board, first, record, hart, relay))
        return handler_step(record, hart, relay, budget);
    return execute_pair(is_board, second, third, record + 1, hart, relay, budget);
}

/* In a process, and on a board. */
#define PAIR(a, b)                                                                     \
    static enum stop process_##a##_##b(struct record *record, struct hart *hart,       \
                                       struct relay *relay, int64_t budget)            \
    {                                                                                  \
        return execute_pair(false, shape_##a, shape_##b, record, hart, relay, budget); \
    }                                                                                  \
    static enum stop board_##a##_##b(struct record *record, struct hart *hart,         \
                                     struct relay *relay, int64_t budget)              \
    {                                                                                  \
        return execute_pair(true, shape_##a, shape_##b, record, hart, relay, budget);  \
    }
#define TRIPLE(a, b, c)                                                                            \
    static enum stop process_##a##_##b##_##c(struct record *record, struct hart *hart,             \
                                             struct relay *relay, int64_t budget)                  \
    {                                                                                              \
        return execute_triple(false, shape_##a, shape_##b, shape_##c, record, hart, relay,         \
                              budget);                                                             \
    }                                                                                              \
    static enum stop board_##a##_##b##_##c(struct record *record, struct hart *hart,               \
                                           struct relay *relay, int64_t budget)                    \
    {                                                                                              \
        return execute_triple(true, shape_##a, shape_##b, shape_##c, record, hart, relay, budget); \
    }
#include "emu/threaded/fused.def"
#undef PAIR
#undef TRIPLE

static const struct fused {
    uint16_t rows[FUSED_MAX];    /* ROW_COUNT: there is none */
    record_handler *handlers[2]; /* in a process, on a board */
} fused[] = {
#define PAIR(a, b) {{ROW_##a, ROW_##b, ROW_COUNT}, {process_##a##_##b, board_##a##_##b}},
#define TRIPLE(a, b, c) \
    {{ROW_##a, ROW_##b, ROW_##c}, {process_##a##_##b##_##c, board_##a##_##b##_##c}},
#include "emu/threaded/fused.def"
#undef PAIR
#undef TRIPLE
};

static bool begins_with(const uint16_t *rows, unsigned count, const uint16_t *wanted)
{
    for (unsigned i = 0; i < FUSED_MAX && wanted[i] != ROW_COUNT; i++) {
        if (i == count || rows[i] != wanted[i])
            return false;
    }
    return true;
}

record_handler *handler_of_fused(const uint16_t *rows, unsigned count, bool is_board,
                                 unsigned *taken)
{
    for (unsigned i = 0; i < sizeof fused / sizeof *fused; i++) {
        if (begins_with(rows, count, fused[i].rows)) {
            *taken = fused[i].rows[FUSED_MAX - 1] == ROW_COUNT ? 2 : 3;
            return fused[i].handlers[is_board];
        }
    }
    return NULL;
}
