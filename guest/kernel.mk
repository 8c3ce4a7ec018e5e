# The guest kernel, and the file system it starts with.
#
#   $(O)/guest/ISA/kernel           the kernel: an ELF file for a machine like QEMU's virt board, or
#                                   a virtual PC that boots by the PVH protocol
#   $(O)/guest/ISA/kernel-debug     the same with freed memory poisoned
#   ....asm, ....sym                what is in each: disassembly, addresses of functions and data
#   $(O)/guest/ISA/initrd.cpio      /bin with the guest programs
#
# ISA is rv64 or x86_64.
#
#   qemu-system-riscv64 -M virt -nographic -kernel build/guest/rv64/kernel \
#       -initrd build/guest/rv64/initrd.cpio -append 'init=/bin/prime -- --events 1'
#
# What boot arguments mean: guest/kernel/boot.h.

KERNEL_ISAS := rv64 x86_64

KERNEL_CORE_SRCS := batch boot callers clock copy exec fault holes irq load main page pool printk process random \
    sched signal space spare spinlock symbols syscall sys_memory sys_process sys_time table trap
KERNEL_IO_SRCS := console devices file initrd inode path pipe procfs ramfs sys_file sys_path tty uart \
    virtio_blk virtio_console virtio_mmio

# What it has in common with the programs.
KERNEL_LIB_SRCS := format memory snprintf string

KERNEL_ARCH_SRCS_rv64 := start.S switch.S trap.S boot.c fdt.c harts.c place.c plic.c sbi.c trap.c

KERNEL_ARCH_SRCS_x86_64 := start.S switch.S tables.S trap.S ring3.S apic.c boot.c entry.c gates.c place.c processor.c \
    ring3.c trap.c words.c

kernel_srcs = $(KERNEL_ARCH_SRCS_$(1):%=guest/kernel/arch/$(1)/%) \
    $(KERNEL_CORE_SRCS:%=guest/kernel/%.c) $(KERNEL_IO_SRCS:%=guest/kernel/%.c) \
    $(KERNEL_LIB_SRCS:%=guest/lib/%.c)

# Every processor with an S mode has Zicsr and Zifencei. gcc wants them named; older clangs do not know
# the names, and take them for part of I.
KERNEL_ISA_FLAGS_rv64 = -mabi=lp64 -mcmodel=medany $(KERNEL_ASKED_rv64)
KERNEL_ASKED_rv64 = $(eval KERNEL_ASKED_rv64 := $(shell \
    $(GUEST_CC_rv64) -march=rv64ima_zicsr_zifencei -mabi=lp64 -E -x c /dev/null >/dev/null 2>&1 && \
    echo -march=rv64ima_zicsr_zifencei || echo -march=rv64ima))$(KERNEL_ASKED_rv64)
KERNEL_LINK_FLAGS_rv64 := -march=rv64ima -mabi=lp64 -Wl,--no-relax
KERNEL_DUMP_FLAGS_rv64 := -M no-aliases

# Interrupts would overwrite what is below rsp (no red zone), programs own the vector registers, and
# the kernel lies where 32 bits are no address: code reaches everything relative to itself (-fpie).
KERNEL_ISA_FLAGS_x86_64 = -m64 -march=x86-64 -mgeneral-regs-only -mno-red-zone -fpie \
    -fcf-protection=none
KERNEL_LINK_FLAGS_x86_64 := -m64 -no-pie -Wl,--no-relax

# Frame pointers for panic's list of callers. A kernel stack is one page, so no frame may be large.
KERNEL_CFLAGS = $(GUEST_CFLAGS) -fno-omit-frame-pointer -fno-optimize-sibling-calls \
    -Wframe-larger-than=512 -DKERNEL_DEBUG=$(KERNEL_DEBUG)

# The compiler's own nm and objdump: those of this host may not know the ISA.
KERNEL_TOOL = $(shell $(GUEST_CC_$(1)) -print-prog-name=$(if $(findstring clang,$(GUEST_CC_$(1))),llvm-)$(2))

# The rules of one kernel: ISA ($(1)), suffix of its name ($(2)), KERNEL_DEBUG ($(3)).
define kernel_rules
$(O)/guest/$(1)/kernel$(2): KERNEL_DEBUG := $(3)
KERNEL_OBJS_$(1)$(2) := $$(patsubst guest/%,$(O)/guest/$(1)/obj-kernel$(2)/%.o,$(call kernel_srcs,$(1)))

$(O)/guest/$(1)/obj-kernel$(2)/%.c.o: guest/%.c guest/guest.mk guest/kernel.mk | guest-cc-$(1)
	@mkdir -p $$(@D)
	@echo "  CC      $$< ($(1), kernel$(2))"
	$$(Q)$$(GUEST_CC_$(1)) $$(KERNEL_CFLAGS) $$(KERNEL_ISA_FLAGS_$(1)) $$(call guest_includes,$(1)) \
	    -Iguest/kernel/arch/$(1)/include -MMD -MP -c -o $$@ $$<

$(O)/guest/$(1)/obj-kernel$(2)/%.S.o: guest/%.S guest/guest.mk guest/kernel.mk | guest-cc-$(1)
	@mkdir -p $$(@D)
	@echo "  AS      $$< ($(1), kernel$(2))"
	$$(Q)$$(GUEST_CC_$(1)) $$(KERNEL_ISA_FLAGS_$(1)) $(GUEST_QUIET) -fno-pic -I. $(GUEST_DEBUG) -MMD -MP -c -o $$@ $$<

$(O)/guest/$(1)/kernel$(2): $$(KERNEL_OBJS_$(1)$(2)) guest/kernel/arch/$(1)/kernel.ld \
    guest/kernel/symbols.sh
	@echo "  LINK    $$@"
	$$(call kernel_link_twice,$(1),$$(KERNEL_OBJS_$(1)$(2)))
	$$(Q)$$(call KERNEL_TOOL,$(1),objdump) -d $$(KERNEL_DUMP_FLAGS_$(1)) $$@ > $$@.asm
	$$(Q)$$(call KERNEL_TOOL,$(1),nm) -n $$@ > $$@.sym

-include $$(KERNEL_OBJS_$(1)$(2):.o=.d)
endef

kernel_link = $(GUEST_CC_$(1)) $(KERNEL_LINK_FLAGS_$(1)) $(GUEST_QUIET) -static -nostdlib \
    -Wl,-T,guest/kernel/arch/$(1)/kernel.ld -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 \
    -Wl,--build-id=none

# Linked twice: the table of functions, for panic, is made from a kernel in which it is empty. It
# stands behind all that it lists, so it moves nothing of that. ISA ($(1)), objects ($(2)).
define kernel_link_twice
$(Q)guest/kernel/symbols.sh "$(call KERNEL_TOOL,$(1),nm)" > $@.symbols.S
$(Q)$(call kernel_link,$(1)) -o $@.stage1 $@.symbols.S $(2)
$(Q)guest/kernel/symbols.sh "$(call KERNEL_TOOL,$(1),nm)" $@.stage1 > $@.symbols.S
$(Q)$(call kernel_link,$(1)) -o $@ $@.symbols.S $(2)
$(Q)rm -f $@.stage1 $@.symbols.S
endef

$(foreach isa,$(KERNEL_ISAS),\
    $(eval $(call kernel_rules,$(isa),,0))\
    $(eval $(call kernel_rules,$(isa),-debug,1)))

# The programs stand on page boundaries, so that the kernel can use them in place.
define initrd_rule
$(O)/guest/$(1)/initrd.cpio: $(GUEST_PROGRAMS:%=$(O)/guest/$(1)/%) guest/initrd.sh
	@echo "  INITRD  $$@"
	$$(Q)guest/initrd.sh $(O)/guest/$(1) $(GUEST_PROGRAMS) > $$@
endef
$(foreach isa,$(KERNEL_ISAS),$(eval $(call initrd_rule,$(isa))))

KERNEL_OUTPUTS := $(foreach isa,$(KERNEL_ISAS),$(addprefix $(O)/guest/$(isa)/,\
    kernel kernel-debug initrd.cpio))

.PHONY: kernel
kernel: $(KERNEL_OUTPUTS) ## Build the guest kernel and its initrd
