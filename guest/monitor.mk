# The monitor, and the kernels that are its guests: see monitor/guest.h.
#
#   $(O)/guest/rv64/monitor         an ELF file for a board such as QEMU's virt; its guest is the initrd
#   $(O)/guest/rv64/tiny            a flat kernel: the monitor's guest, or bare
#   $(O)/guest/rv64/tiny.elf        the same, with symbols

# The first part is C for any host: tests/unit/test_monitor.c and lab 7 call it there.
MONITOR_PORTABLE_SRCS := access csr decode exit firmware memory patch trap
MONITOR_PORTABLE_SRCS := $(MONITOR_PORTABLE_SRCS:%=guest/monitor/%.c)
MONITOR_SRCS := guest/monitor/start.S guest/monitor/enter.S guest/monitor/main.c guest/monitor/host.c \
    $(MONITOR_PORTABLE_SRCS) guest/kernel/arch/rv64/fdt.c \
    guest/lib/format.c guest/lib/memory.c guest/lib/snprintf.c guest/lib/string.c
MONITOR_OBJS := $(MONITOR_SRCS:guest/%=$(O)/guest/rv64/obj-kernel/%.o)
MONITOR_LINK = $(GUEST_CC_rv64) $(KERNEL_LINK_FLAGS_rv64) $(GUEST_QUIET) -static -nostdlib -Wl,-T,guest/monitor/monitor.ld \
    -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 -Wl,--build-id=none -Wl,-u,_start

# By way of an archive, so that lab 7 can put a student's files before it.
$(O)/guest/rv64/libmonitor.a: $(MONITOR_OBJS)
	@echo "  AR      $@"
	$(Q)rm -f $@ && $(GUEST_AR) rcs $@ $^

$(O)/guest/rv64/monitor: $(O)/guest/rv64/libmonitor.a guest/monitor/monitor.ld guest/monitor.mk
	@echo "  LINK    $@"
	$(Q)$(MONITOR_LINK) -o $@ $(O)/guest/rv64/obj-kernel/monitor/start.S.o $< # (lld wants one object)

# A flat kernel ($(1)) of those objects ($(2)) and the start that they share.
TINY_START := $(addprefix $(O)/guest/rv64/obj-kernel/,monitor/tiny_start.S.o monitor/tiny_print.c.o lib/memory.c.o)
define tiny_rules
$(1).elf: $(TINY_START) $(2) guest/monitor/tiny.ld guest/monitor.mk
	@mkdir -p $$(@D)
	@echo "  LINK    $$@"
	$$(Q)$$(GUEST_CC_rv64) $$(KERNEL_LINK_FLAGS_rv64) $$(GUEST_QUIET) -static -nostdlib -Wl,-T,guest/monitor/tiny.ld \
	    -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 -Wl,--build-id=none -o $$@ $(TINY_START) $(2)

$(1): $(1).elf
	$$(Q)$$(call KERNEL_TOOL,rv64,objcopy) -O binary $$< $$@
endef
$(eval $(call tiny_rules,$(O)/guest/rv64/tiny,$(O)/guest/rv64/obj-kernel/monitor/tiny.c.o))

-include $(MONITOR_OBJS:.o=.d) $(O)/guest/rv64/obj-kernel/monitor/tiny.c.d

kernel: $(O)/guest/rv64/monitor $(O)/guest/rv64/tiny

# The hostile guests, which differ in how they end. tests/e2e/monitor.sh counts on them.
HOSTILE_ENDS := 0 1 2 3 4
HOSTILE := $(HOSTILE_ENDS:%=$(O)/guest/rv64/test/hostile-%)
$(O)/guest/rv64/obj-kernel/monitor/hostile-%.c.o: guest/monitor/hostile.c guest/monitor.mk | guest-cc-rv64
	@mkdir -p $(@D)
	@echo "  CC      $< (rv64, end $*)"
	$(Q)$(GUEST_CC_rv64) $(KERNEL_CFLAGS) $(KERNEL_ISA_FLAGS_rv64) $(call guest_includes,rv64) \
	    -DHOSTILE_END=$* -MMD -MP -c -o $@ $<
$(foreach end,$(HOSTILE_ENDS),$(eval $(call tiny_rules,$(O)/guest/rv64/test/hostile-$(end),\
    $(O)/guest/rv64/obj-kernel/monitor/hostile-$(end).c.o)))

guest-tests: $(HOSTILE)
-include $(HOSTILE_ENDS:%=$(O)/guest/rv64/obj-kernel/monitor/hostile-%.c.d)
