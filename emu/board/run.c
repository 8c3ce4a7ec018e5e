/*
 * run.c: the run loop: which hart executes instructions now, and what happens between two runs.
 *
 *     board_run:  look at the console -> choose a hart -> take its interrupt, or run a slice of it
 *                                        none: sleep, or skip the time
 *
 * Harts take turns. A turn is a quantum of steps; a hart that waits for an interrupt gives it up. A
 * *step* is an instruction that retires, or something else that happens to a hart: a trap that it
 * takes, an answer of the SBI, a pause of all harts. So steps move on even where a guest only
 * traps, and a step number names one moment of the whole machine. All inputs are stamped with it.
 *
 * The deterministic clock is the step count, too, and the time that all harts slept is skipped.
 * Then nothing depends on the host but what is typed.
 *
 * Interrupts are looked at between two runs of the engine only: at the end of a slice, whose length
 * is decided here, and where the engine stops because something may have changed (engine.h). Both
 * are the same under every engine, and so is the run.
 */
#include "emu/board/board.h"
#include "emu/board/map.h"
#include "emu/cpu/hash.h"
#include "emu/cpu/trap.h"

enum {
    QUANTUM = 100000,       /* steps of a turn: a millisecond interpreted, 50 us translated */
    CONSOLE_STEPS = 100000, /* the console is looked at that often */
    NS_PER_TICK = 100,
};

/* The levels of a device's line that a hart sees at `now`. */
static uint64_t lines_of(const struct board *board, unsigned number, uint64_t now)
{
    uint64_t lines = 0;

    if (clint_software(&board->clint, number))
        lines |= INTERRUPT_BIT(INTERRUPT_M_SOFTWARE);
    if (clint_timer(&board->clint, number, now))
        lines |= INTERRUPT_BIT(INTERRUPT_M_TIMER);
    if (now >= board->sbi.timer[number])
        lines |= INTERRUPT_BIT(INTERRUPT_S_TIMER);
    if (plic_interrupts(&board->plic, 2 * number))
        lines |= INTERRUPT_BIT(INTERRUPT_M_EXTERNAL);
    if (plic_interrupts(&board->plic, 2 * number + 1))
        lines |= INTERRUPT_BIT(INTERRUPT_S_EXTERNAL);
    return lines;
}

/* Carries the levels from the devices through the PLIC to the harts. */
static void update_lines(struct board *board)
{
    uint64_t now = board_time(board);

    plic_set_level(&board->plic, MAP_IRQ_UART, uart_interrupts(&board->uart));
    if (board->has_disk)
        plic_set_level(&board->plic, MAP_IRQ_VIRTIO, virtio_mmio_interrupts(&board->virtio));
    for (unsigned i = 0; i < board->hart_count; i++)
        board->harts[i].lines = lines_of(board, i, now);
}

/* Takes what was typed, as far as the UART has room. */
static void poll_console(struct board *board)
{
    struct schedule *schedule = &board->schedule;
    uint16_t typed;

    schedule->console_step = schedule->step;
    while (uart_room(&board->uart) > 0 && input_console(&board->input, schedule->step, &typed)) {
        if (typed == INPUT_CONSOLE_END)
            uart_break(&board->uart);
        else
            uart_receive(&board->uart, (uint8_t)typed);
    }
}

/* What has changed outside of the harts? */
static void look(struct board *board)
{
    if (board->schedule.step - board->schedule.console_step >= CONSOLE_STEPS)
        poll_console(board);
    update_lines(board);
}

static bool can_run(struct board *board, unsigned number)
{
    return board->sbi.status[number] == SBI_STARTED &&
           (board->schedule.waiting[number] == 0 || interrupt_wakes(&board->harts[number]));
}

/* The hart whose turn it is goes on, or the next one that can run gets its turn. False: none can.
 */
static bool choose(struct board *board)
{
    struct schedule *schedule = &board->schedule;
    unsigned current = (unsigned)schedule->current;

    if (schedule->quantum_left > 0 && can_run(board, current)) {
        schedule->waiting[current] = 0;
        return true;
    }
    for (unsigned i = 1; i <= board->hart_count; i++) {
        unsigned next = (current + i) % board->hart_count;

        if (can_run(board, next)) {
            schedule->current = next;
            schedule->quantum_left = QUANTUM;
            schedule->waiting[next] = 0;
            return true;
        }
    }
    return false;
}

static void add_steps(struct board *board, uint64_t steps)
{
    struct schedule *schedule = &board->schedule;

    schedule->step += steps;
    schedule->quantum_left -= steps < schedule->quantum_left ? steps : schedule->quantum_left;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The first time after `now` at which a timer of that hart interrupts; UINT64_MAX: never. */
static uint64_t next_timer(const struct board *board, unsigned number, uint64_t now)
{
    uint64_t supervisor = board->sbi.timer[number];
    uint64_t machine = board->clint.state.mtimecmp[number];

    return least(supervisor > now ? supervisor : UINT64_MAX, machine > now ? machine : UINT64_MAX);
}

/*
 * How many steps the hart may run before somebody has to look: to the end of its turn, or to its
 * next timer if the clock counts steps.
 */
static uint64_t slice_of(const struct board *board, unsigned number)
{
    const struct schedule *schedule = &board->schedule;
    uint64_t now, timer;

    if (!board->deterministic)
        return schedule->quantum_left;
    /* Not board_time(), which leaves a trace: nobody can tell how often a slice was interrupted. */
    now = schedule->step / BOARD_STEPS_PER_TICK + schedule->idle_ticks;
    timer = next_timer(board, number, now);
    if (timer - now > schedule->quantum_left / BOARD_STEPS_PER_TICK + 1)
        return schedule->quantum_left;
    return least(schedule->quantum_left,
                 (timer - now) * BOARD_STEPS_PER_TICK - schedule->step % BOARD_STEPS_PER_TICK);
}

static void trace(struct board *board, unsigned number, enum stop stop)
{
    board->trace = hash_word(board->trace, board->schedule.step);
    board->trace = hash_word(board->trace, (uint64_t)stop);
    board->trace = hash_bytes(board->trace, &board->harts[number], HART_STATE_SIZE);
}

/*
 * An exception: the SBI answers S mode's ecall where there is one, the guest takes all others.
 * True: nothing has changed but the hart.
 */
static bool handle_trap(struct board *board, unsigned number)
{
    struct hart *hart = &board->harts[number];
    bool is_call = board->firmware != FIRMWARE_NONE && hart->trap.cause == TRAP_ECALL_S;

    if (is_call) {
        hart->instret++;
        sbi_call(board, number);
    } else {
        trap_take(&board->machine, hart);
    }
    add_steps(board, 1);
    return !is_call;
}

/*
 * Runs the chosen hart until somebody has to look again, or the step count is `until`: then the
 * slice is not over, and nobody may look, or the run would depend on where it was interrupted.
 */
static void run_hart(struct board *board, uint64_t until)
{
    struct schedule *schedule = &board->schedule;
    unsigned number = (unsigned)schedule->current;
    struct hart *hart = &board->harts[number];
    enum interrupt interrupt = interrupt_pending(hart);
    uint64_t slice, steps;
    enum stop stop;

    if (interrupt != INTERRUPT_NONE) {
        interrupt_take(&board->machine, hart, interrupt);
        add_steps(board, 1);
        return;
    }
    slice = slice_of(board, number);
    board->slice_start = hart->instret;
    board->running = true;
    board->machine.observed = board->deterministic && until - schedule->step < slice;
    stop = board->engine->run(&board->machine, hart,
                              hart->instret + least(slice, until - schedule->step));
    board->running = false;
    steps = hart->instret - board->slice_start;
    schedule->in_slice = stop == STOP_COUNT && steps < slice;
    add_steps(board, steps);
    if (board->tracing && schedule->in_slice == 0)
        trace(board, number, stop);
    switch (stop) {
    case STOP_COUNT:
    case STOP_CHANGE: break;
    case STOP_TRAP:
        /* The guest's handler is part of the slice. */
        schedule->in_slice = handle_trap(board, number) && steps + 1 < slice;
        break;
    case STOP_WAIT:
        schedule->waiting[number] = 1;
        schedule->quantum_left = 0;
        break;
    case STOP_PAUSE: schedule->quantum_left = 0; break;
    }
}

/*
 * All harts wait. The deterministic clock jumps to the next timer; otherwise the host sleeps until
 * then, or until something is typed. False: neither can come.
 */
static bool idle(struct board *board)
{
    struct schedule *schedule = &board->schedule;
    uint64_t now = schedule->last_time;
    uint64_t timer = UINT64_MAX;
    bool waited = true;

    for (unsigned i = 0; i < board->hart_count; i++) {
        if (board->sbi.status[i] == SBI_STARTED)
            timer = least(timer, next_timer(board, i, now));
    }
    if (board->deterministic && timer != UINT64_MAX)
        schedule->idle_ticks += timer - now;
    else if (board->input.next == board->input.count) /* not in a replay: all waiting is over */
        waited = board->host.wait(board->host.owner, timer - now < UINT64_MAX / NS_PER_TICK
                                                         ? (timer - now) * NS_PER_TICK
                                                         : UINT64_MAX);
    add_steps(board, 1);
    poll_console(board);
    return waited || timer != UINT64_MAX;
}

/* Has the kernel of a bare-metal test written how it ended? 1 | status << 1, as riscv-tests do. */
static bool read_tohost(const struct board *board, uint64_t *value)
{
    if (board->tohost == 0 || !dma_read(&board->dma, board->tohost, value, sizeof *value))
        return false;
    return *value != 0;
}

/* The end of the machine, if it has come; else BOARD_STEPS. */
static enum board_end look_for_end(const struct board *board, int *status)
{
    uint64_t value;

    *status = (int)board->syscon.state.status;
    if (board->syscon.state.wish == SYSCON_POWER_OFF)
        return BOARD_POWER_OFF;
    if (board->syscon.state.wish == SYSCON_RESET)
        return BOARD_RESET;
    if (read_tohost(board, &value)) {
        /* A number that does not fit an exit status must not look like success. */
        *status = value >> 1 > 255 ? 255 : (int)(value >> 1);
        return value >> 48 == 0 && (value & 1) != 0 ? BOARD_POWER_OFF : BOARD_TOHOST;
    }
    if (board->host.quit(board->host.owner))
        return BOARD_QUIT;
    return BOARD_STEPS;
}

enum board_end board_run(struct board *board, uint64_t until, int *status)
{
    const struct schedule *schedule = &board->schedule;
    enum board_end end;

    while ((end = look_for_end(board, status)) == BOARD_STEPS && schedule->step < until) {
        if (schedule->in_slice == 0)
            look(board);
        if (choose(board))
            run_hart(board, until);
        else if (!idle(board))
            return BOARD_STUCK;
    }
    return end;
}
