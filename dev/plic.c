/* plic.c: priorities, claim and complete; see plic.h. */
#include "dev/plic.h"

#include <assert.h>

enum { PRIORITY = 0, PENDING = 0x1000, ENABLE = 0x2000, CONTEXT = 0x200000 };
enum { ENABLE_STRIDE = 0x80, CONTEXT_STRIDE = 0x1000, THRESHOLD = 0, CLAIM = 4 };

/* The sources that exist: bits 1 .. PLIC_SOURCES - 1. */
static const uint64_t all_sources = ((UINT64_C(1) << PLIC_SOURCES) - 1) & ~UINT64_C(1);

void plic_init(struct plic *plic, unsigned contexts)
{
    assert(contexts >= 1 && contexts <= PLIC_CONTEXTS_MAX);
    *plic = (struct plic){.contexts = contexts};
}

/* The gateways: a level that is up becomes pending, unless its last interrupt is being served. */
static void open_gateways(struct plic_state *state)
{
    state->pending |= state->level & ~state->claimed;
}

void plic_set_level(struct plic *plic, unsigned source, bool level)
{
    uint64_t bit = UINT64_C(1) << source;

    assert(source >= 1 && source < PLIC_SOURCES);
    plic->state.level = level ? plic->state.level | bit : plic->state.level & ~bit;
    open_gateways(&plic->state);
}

/*
 * Of the pending sources that the context has enabled, the one of the highest priority above
 * `floor`; of equals the lowest number. 0: none.
 */
static unsigned most_urgent(const struct plic_state *state, unsigned context, uint32_t floor)
{
    uint64_t candidates = state->pending & state->enabled[context];
    unsigned best = 0;

    for (unsigned source = 1; source < PLIC_SOURCES && candidates >> source != 0; source++) {
        if ((candidates >> source & 1) != 0 && state->priority[source] > floor) {
            best = source;
            floor = state->priority[source];
        }
    }
    return best;
}

bool plic_interrupts(const struct plic *plic, unsigned context)
{
    const struct plic_state *state = &plic->state;

    return most_urgent(state, context, state->threshold[context]) != 0;
}

/* The threshold holds back notifications only: who polls with a claim sees every source (1.0.0, 7).
 */
static uint32_t claim(struct plic_state *state, unsigned context)
{
    unsigned source = most_urgent(state, context, 0);
    uint64_t bit = UINT64_C(1) << source;

    if (source != 0) {
        state->pending &= ~bit;
        state->claimed |= bit;
    }
    return source;
}

/* A number that the context has not enabled is ignored (1.0.0, 8). */
static void complete(struct plic_state *state, unsigned context, uint64_t source)
{
    if (source == 0 || source >= PLIC_SOURCES || (state->enabled[context] >> source & 1) == 0)
        return;
    state->claimed &= ~(UINT64_C(1) << source);
    open_gateways(state);
}

static bool load(void *device, uint64_t offset, unsigned width, uint64_t *value)
{
    struct plic *plic = device;
    struct plic_state *state = &plic->state;
    uint64_t context;

    *value = 0;
    if (width != 32)
        return false;
    if (offset < PRIORITY + 4 * (uint64_t)PLIC_SOURCES) {
        *value = state->priority[offset / 4];
    } else if (offset >= PENDING && offset < PENDING + 8) {
        *value = (uint32_t)(state->pending >> (8 * (offset - PENDING)));
    } else if (offset >= ENABLE && offset < CONTEXT) {
        context = (offset - ENABLE) / ENABLE_STRIDE;
        if (context < plic->contexts && offset % ENABLE_STRIDE < 8)
            *value = (uint32_t)(state->enabled[context] >> (8 * (offset % ENABLE_STRIDE)));
    } else if (offset >= CONTEXT) {
        context = (offset - CONTEXT) / CONTEXT_STRIDE;
        if (context < plic->contexts && offset % CONTEXT_STRIDE == THRESHOLD)
            *value = state->threshold[context];
        else if (context < plic->contexts && offset % CONTEXT_STRIDE == CLAIM)
            *value = claim(state, (unsigned)context);
    }
    return true;
}

static void store_enabled(struct plic *plic, uint64_t offset, uint64_t value)
{
    uint64_t context = (offset - ENABLE) / ENABLE_STRIDE;
    uint64_t shift = 8 * (offset % ENABLE_STRIDE);
    uint64_t *enabled;

    if (context >= plic->contexts || shift >= 64)
        return;
    enabled = &plic->state.enabled[context];
    *enabled = (*enabled & ~(UINT64_C(0xffffffff) << shift)) | (value & 0xffffffff) << shift;
    *enabled &= all_sources;
}

static bool store(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct plic *plic = device;
    struct plic_state *state = &plic->state;
    uint64_t context;

    if (width != 32)
        return false;
    if (offset >= 4 && offset < PRIORITY + 4 * (uint64_t)PLIC_SOURCES) {
        state->priority[offset / 4] = value & PLIC_PRIORITY_MAX;
    } else if (offset >= ENABLE && offset < CONTEXT) {
        store_enabled(plic, offset, value);
    } else if (offset >= CONTEXT) {
        context = (offset - CONTEXT) / CONTEXT_STRIDE;
        if (context < plic->contexts && offset % CONTEXT_STRIDE == THRESHOLD)
            state->threshold[context] = value & PLIC_PRIORITY_MAX;
        else if (context < plic->contexts && offset % CONTEXT_STRIDE == CLAIM)
            complete(state, (unsigned)context, value & 0xffffffff);
    }
    return true;
}

struct bus_range plic_range(struct plic *plic, uint64_t base)
{
    return (struct bus_range){.name = "plic",
                              .base = base,
                              .size = PLIC_SIZE,
                              .device = plic,
                              .load = load,
                              .store = store};
}
