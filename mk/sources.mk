# What each part of `trivium` is made of: explicit lists, so that a stray file is never built.
# ISA_SRCS stands in emu/isa/isa.mk, beside the generator of its tables.

# Libraries, by their pkg-config names. A new one also needs its line in mk/packages.txt.
PACKAGES := libelf jansson nettle libcap inih zlib
# Those that are loaded only when they are needed: nothing is linked with them (lib/disassemble.h, lib/lines.h,
# ctr/archive.h, view/window.c).
LOADED_PACKAGES := capstone libarchive libdw sdl2
# Those that have no such name.
LIBRARIES := -lfdt

# What only one architecture of the host can tell stands in a file of its own.
HOST_ARCH := $(if $(findstring x86_64,$(shell $(CC) -dumpmachine 2>/dev/null || uname -m)),x86_64,generic)

LIB_SRCS := lib/digest.c lib/disassemble.c lib/elf.c lib/elf_file.c lib/elf_symbols.c lib/err.c \
    lib/host.c lib/host_cgroup.c lib/host_$(HOST_ARCH).c lib/json.c lib/lines.c lib/listing.c lib/proctree.c lib/source.c lib/stats.c lib/supervise.c

DEV_SRCS := dev/bus.c dev/clint.c dev/console.c dev/copier.c dev/disk.c dev/loader.c dev/plic.c dev/syscon.c dev/uart.c dev/virtio_block.c dev/virtio_console.c \
    dev/virtio_mmio.c dev/virtqueue.c

KVM_SRCS := kvm/autopsy.c kvm/boot.c kvm/exits.c kvm/explain.c kvm/ioapic.c kvm/ops.c kvm/paging.c kvm/pc.c kvm/probe.c kvm/probe_guest.S kvm/recorder.c kvm/run.c kvm/tell.c kvm/vm.c

CTR_SRCS := ctr/archive.c ctr/container.c ctr/explain.c ctr/group.c ctr/harden.c ctr/ids.c ctr/image_config.c ctr/init.c ctr/letter.c ctr/limits.c ctr/mounts.c ctr/names.c ctr/probe.c ctr/proc.c ctr/recorder.c \
    ctr/layer.c ctr/layer_unpack.c ctr/layer_write.c ctr/oci.c ctr/oci_json.c ctr/overlay.c ctr/root.c ctr/running.c ctr/sight.c ctr/step.c ctr/store.c ctr/terminal.c

EMU_SRCS := emu/cpu/code.c emu/cpu/csr.c emu/cpu/events.c emu/cpu/hart.c emu/cpu/interp.c emu/cpu/mmu.c emu/cpu/pages.c \
    emu/cpu/priv.c emu/cpu/tlb.c emu/cpu/trap.c \
    emu/dbt/cache.c emu/dbt/dbt.c emu/dbt/emit.c emu/dbt/emit_alu.c emu/dbt/emit_memory.c \
    emu/dbt/emit_csr.c emu/dbt/emit_multiply.c emu/dbt/engine.c emu/dbt/explain.c emu/dbt/homes.c emu/dbt/inspect.c emu/dbt/ir.c emu/dbt/keep.c emu/dbt/lift.c emu/dbt/log.c emu/dbt/options.c emu/dbt/pass_dead.c \
    emu/dbt/pass_fold.c emu/dbt/pass_fuse.c emu/dbt/pass_narrow.c emu/dbt/passes.c emu/dbt/pause.c emu/dbt/perfmap.c emu/dbt/profile.c emu/dbt/save.c emu/dbt/store.c emu/dbt/translate.c emu/dbt/x86.c \
    emu/lockstep/lockstep.c emu/lockstep/order.c emu/lockstep/outside.c emu/lockstep/report.c emu/lockstep/shadow.c emu/lockstep/trace.c \
    emu/threaded/blocks.c emu/threaded/build.c emu/threaded/fused.c emu/threaded/handlers.c emu/threaded/threaded.c \
    emu/board/board.c emu/board/host.c emu/board/input.c emu/board/load.c emu/board/ram.c emu/board/run.c \
    emu/board/sbi.c emu/board/snapshot.c emu/board/tree.c \
    emu/step/breakpoints.c emu/step/commands.c emu/step/find.c emu/step/history.c emu/step/host.c emu/step/plain.c emu/step/step.c emu/step/stops.c \
    emu/step/kernel_view.c emu/step/process_text.c emu/step/processes.c emu/step/subject_board.c emu/step/subject_process.c \
    emu/user/descriptors.c emu/user/fault.c emu/user/load.c emu/user/process.c \
    emu/user/record.c emu/user/report.c emu/user/save.c emu/user/script.c emu/user/space.c emu/user/stack.c \
    emu/user/sys_exec.c emu/user/sys_file.c emu/user/sys_memory.c emu/user/sys_process.c \
    emu/user/sys_signal.c emu/user/sys_system.c emu/user/syscall.c emu/user/user.c

RESULT_SRCS := result/compare.c result/derive.c result/drift.c result/explained.c result/laws.c result/laws_derived.c result/laws_race.c \
    result/laws_sysbench.c result/laws_work.c result/read.c result/sysbench.c result/turns.c result/write.c

VIEW_SRCS := view/cast.c view/console.c view/export.c view/font.c view/glyph.c view/grid.c view/loop.c view/paint.c view/palette.c view/raster.c \
    view/scene.c view/screen.c view/script.c view/slots.c view/terminal.c view/window.c

RECORD_SRCS := record/commands.c record/control.c record/draw.c record/scene.c

STEPPER_SRCS := stepper/block_text.c stepper/control.c stepper/draw.c stepper/host_names.c \
    stepper/layout.c stepper/mouse.c stepper/move.c stepper/pane_cache.c stepper/pane_calls.c stepper/pane_code.c stepper/pane_console.c \
    stepper/pane_events.c stepper/pane_homes.c stepper/pane_phases.c stepper/pane_processes.c stepper/pane_registers.c stepper/pane_source.c \
    stepper/rows.c stepper/run.c stepper/scene.c stepper/status.c stepper/status_run.c stepper/stepper.c stepper/tour.c

CLI_SRCS := cli/main.c cli/check.c cli/contain.c cli/contain_image.c cli/contain_record.c cli/contain_stats.c \
    cli/doctor.c cli/doctor_class.c cli/doctor_judge.c cli/doctor_tools.c cli/engine_stats.c cli/escape.c cli/exits.c cli/exits_panes.c cli/experiment.c cli/explain.c cli/image.c cli/initrd.c cli/json.c cli/launch.c cli/locate.c \
    cli/machine.c cli/machine_stats.c cli/names_panes.c cli/names_state.c cli/names_view.c \
    cli/options.c cli/output.c cli/programs.c cli/ps.c cli/race.c cli/race_host.c cli/race_judge.c \
    cli/race_ladder.c cli/race_lanes.c cli/race_live.c cli/race_measure.c cli/race_prepare.c cli/race_progress.c cli/race_range.c cli/race_replay.c cli/race_result.c cli/race_rungs.c cli/race_table.c cli/race_view.c cli/report.c cli/report_columns.c cli/report_csv.c cli/report_figure.c cli/report_html.c cli/report_origin.c \
    cli/report_markdown.c cli/report_style.c cli/reproduce.c cli/run.c cli/run_stats.c \
    cli/step.c cli/step_exits.c cli/step_names.c cli/step_screen.c cli/suggest.c cli/text.c cli/virtual.c cli/virtual_stats.c cli/ways.c \
    cli/why.c cli/why_exits.c cli/why_fork.c cli/why_limits.c cli/why_mix.c cli/why_run.c cli/why_show.c cli/why_smp.c cli/why_syscall.c

TRIVIUM_SRCS = $(LIB_SRCS) $(DEV_SRCS) $(KVM_SRCS) $(CTR_SRCS) $(ISA_SRCS) $(EMU_SRCS) $(RESULT_SRCS) $(VIEW_SRCS) $(RECORD_SRCS) $(STEPPER_SRCS) $(CLI_SRCS)
