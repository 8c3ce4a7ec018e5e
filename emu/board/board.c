/* board.c: building the machine: memory, devices on the bus, harts; see board.h. */
#include "emu/board/board.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emu/board/load.h"
#include "emu/board/map.h"
#include "emu/board/ram.h"
#include "emu/cpu/csr.h"
#include "emu/cpu/hash.h"

uint64_t board_step(const struct board *board)
{
    const struct schedule *schedule = &board->schedule;

    if (!board->running)
        return schedule->step;
    return schedule->step + (board->harts[schedule->current].instret - board->slice_start);
}

uint64_t board_time(struct board *board)
{
    struct schedule *schedule = &board->schedule;
    uint64_t step = board_step(board);

    if (board->deterministic)
        schedule->last_time = step / BOARD_STEPS_PER_TICK + schedule->idle_ticks;
    else
        schedule->last_time = input_clock(&board->input, step) + schedule->clock_offset;
    return schedule->last_time;
}

static uint64_t read_time(void *owner)
{
    return board_time(owner);
}

static bool mmio_load(void *owner, uint64_t gpa, unsigned width, uint64_t *value)
{
    struct board *board = owner;

    return bus_load(&board->bus, gpa, width, value);
}

static bool mmio_store(void *owner, uint64_t gpa, unsigned width, uint64_t value)
{
    struct board *board = owner;

    return bus_store(&board->bus, gpa, width, value);
}

/* The guest sends a byte, through the UART or the ring. */
static void send_byte(void *owner, uint8_t byte)
{
    struct board *board = owner;

    board->bytes_sent++;
    board->host.output(board->host.owner, byte);
}

static bool read_disk_image(void *owner, uint64_t offset, void *to, size_t bytes)
{
    struct board *board = owner;
    uint8_t *at = to;
    bool done = true;

    while (done && bytes > 0) {
        ssize_t got = pread(board->disk_fd, at, bytes, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        done = got > 0;
        at += done ? got : 0;
        offset += done ? (uint64_t)got : 0;
        bytes -= done ? (size_t)got : 0;
    }
    return input_disk(&board->input, board_step(board), done);
}

static int open_disk(struct board *board, const struct board_config *config, struct err *err)
{
    struct stat status;

    board->disk_fd = open(config->disk, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (board->disk_fd < 0)
        return err_sys(err, errno, "cannot open the disk image %s", config->disk);
    if (fstat(board->disk_fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size == 0 ||
        status.st_size % 512 != 0) {
        close(board->disk_fd);
        err_set(err, "%s is no disk image", config->disk);
        return err_hint(err, "a regular file of whole sectors of 512 bytes");
    }
    disk_init(&board->disk, (uint64_t)status.st_size, read_disk_image, board);
    virtio_block_init(&board->block, &board->disk, &board->dma);
    virtio_mmio_init(&board->virtio, config->legacy_virtio ? 1 : 2, &board->block.device,
                     &board->dma);
    board->has_disk = true;
    return 0;
}

/* The guest's output, if it is to go through memory. It answers before its doorbell's store is
 * done, and so never interrupts. */
static void make_ring(struct board *board, const struct board_config *config)
{
    if (!config->ring)
        return;
    virtio_console_init(&board->ring, &board->dma, send_byte, board);
    virtio_mmio_init(&board->ring_virtio, config->legacy_virtio ? 1 : 2, &board->ring.device,
                     &board->dma);
    board->has_ring = true;
}

static void register_devices(struct board *board)
{
    const struct bus_range ranges[] = {
        syscon_range(&board->syscon, MAP_SYSCON),
        clint_range(&board->clint, MAP_CLINT),
        plic_range(&board->plic, MAP_PLIC),
        uart_range(&board->uart, MAP_UART),
    };

    for (unsigned i = 0; i < sizeof ranges / sizeof *ranges; i++)
        bus_register(&board->bus, &ranges[i]);
    if (board->has_disk) {
        const struct bus_range range = virtio_mmio_range(&board->virtio, MAP_VIRTIO);

        bus_register(&board->bus, &range);
    }
    if (board->has_ring) {
        const struct bus_range range = virtio_mmio_range(
            &board->ring_virtio, MAP_VIRTIO + (board->has_disk ? VIRTIO_MMIO_SIZE : 0));

        bus_register(&board->bus, &range);
    }
}

static void tell_dma(void *owner, uint64_t gpa, uint64_t bytes)
{
    const struct board *board = owner;

    if (events_want(&board->machine.events, EVENT_DMA))
        events_send(&board->machine.events,
                    &(struct event){.kind = EVENT_DMA, .dma = {.gpa = gpa, .bytes = bytes}});
}

static void make_machine(struct board *board, const struct board_config *config)
{
    board->machine = (struct machine){
        .phys = {.ram = board->dma.ram,
                 .base = board->dma.base,
                 .size = board->dma.size,
                 .mmio_load = mmio_load,
                 .mmio_store = mmio_store,
                 .owner = board},
        .tlbs = board->tlbs,
        .read_time = read_time,
        .planted = config->planted,
        .clock_owner = board,
        .row_counts = config->count_rows ? &board->rows : NULL,
    };
    board->dma.wrote = tell_dma;
    board->dma.owner = board;
    if (config->count_rows) {
        const struct event_reader reader = event_counts_reader(&board->events);

        events_add(&board->machine.events, &reader);
    }
}

/* All harts as they come out of reset. Without firmware all of them run at once. */
static void make_harts(struct board *board, const struct board_config *config,
                       const struct loaded *loaded)
{
    for (unsigned i = 0; i < board->hart_count; i++) {
        struct hart *hart = &board->harts[i];

        hart_reset(hart, i, loaded->entry);
        hart->x[10] = i;
        hart->x[11] = loaded->tree;
        if (config->no_adue)
            hart->menvcfg &= ~ENVCFG_ADUE;
        board->tlbs[i].off = config->no_tlb;
        board->sbi.timer[i] = UINT64_MAX;
    }
    if (board->firmware != FIRMWARE_NONE)
        sbi_init(board, loaded->entry, loaded->tree);
}

struct board *board_new(const struct board_config *config, struct err *err)
{
    struct board *board = calloc(1, sizeof *board);
    uint64_t memory = (config->memory + MEM_PAGE_SIZE - 1) & ~(MEM_PAGE_SIZE - 1);
    struct loaded loaded;

    assert(config->harts >= 1 && config->harts <= BOARD_HARTS_MAX);
    assert(config->memory >= BOARD_MEMORY_MIN && config->memory <= BOARD_MEMORY_MAX);
    if (board == NULL)
        err_die_oom();
    board->engine = config->engine;
    board->host = config->host;
    board->firmware = config->firmware;
    board->deterministic = config->deterministic;
    board->hart_count = config->harts;
    board->trace = HASH_START;
    board->tlbs = calloc(config->harts, sizeof *board->tlbs);
    if (board->tlbs == NULL)
        err_die_oom();
    input_init(&board->input, &config->host.sources, config->recording);
    if (config->input != NULL)
        input_load(&board->input, config->input, config->input_count, config->input_known);
    uart_init(&board->uart, send_byte, board);
    clint_init(&board->clint, config->harts, read_time, board);
    plic_init(&board->plic, 2 * config->harts);
    syscon_init(&board->syscon);
    if (ram_make(&board->dma, MAP_RAM, memory, err) < 0)
        goto out;
    if (config->disk != NULL && open_disk(board, config, err) < 0)
        goto out_ram;
    make_ring(board, config);
    register_devices(board);
    make_machine(board, config);
    if (load_all(board, config, &loaded, err) < 0)
        goto out_disk;
    make_harts(board, config, &loaded);
    if (engine_attach(board->engine, &board->machine, &config->engine_options, err) < 0)
        goto out_disk;
    return board;

out_disk:
    if (board->has_disk) {
        disk_fini(&board->disk);
        close(board->disk_fd);
    }
out_ram:
    ram_free(&board->dma);
out:
    input_fini(&board->input);
    free(board->tlbs);
    free(board);
    return NULL;
}

void board_free(struct board *board)
{
    if (board == NULL)
        return;
    engine_detach(board->engine, &board->machine);
    if (board->has_disk) {
        disk_fini(&board->disk);
        close(board->disk_fd);
    }
    ram_free(&board->dma);
    input_fini(&board->input);
    free(board->tlbs);
    free(board);
}
