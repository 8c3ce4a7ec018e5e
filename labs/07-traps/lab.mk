# lab.mk: the student's files of the monitor are compiled twice: for the grader on this host, and for the machine.

MONITOR_MINE := $(filter guest/monitor/%,$(LAB_FILES))
GRADER_OBJS_07-traps := $(MONITOR_MINE:%.c=$(LAB_OUT)/obj/%.o)

MONITOR_TODO := $(LAB_OUT)/guest/rv64/monitor-obj/labs/guest/monitor_todo.o
MONITOR_MINE_OBJS := $(MONITOR_MINE:%.c=$(LAB_OUT)/guest/rv64/monitor-obj/%.o)
monitor_compile = $(GUEST_CC_rv64) $(KERNEL_CFLAGS) $(LAB_WERROR:%=-Werror) $(KERNEL_ISA_FLAGS_rv64) $(LAB_MINE:%=-I%) \
    $(call guest_includes,rv64) -MMD -MP -c -o $@ $<

define lab_monitor_rules
$(LAB_OUT)/guest/rv64/monitor-obj/%.o: $(1)/%.c $(LAB_OUT)/files | guest-cc-rv64
	@mkdir -p $$(@D)
	@echo "  CC      $$< (yours, rv64)"
	$$(Q)$$(monitor_compile)
endef
$(foreach mine,$(LAB_MINE),$(eval $(call lab_monitor_rules,$(mine))))

$(MONITOR_TODO): labs/guest/monitor_todo.c $(LAB_OUT)/files | guest-cc-rv64
	@mkdir -p $(@D)
	$(Q)$(monitor_compile)

$(LAB_OUT)/guest/rv64/monitor: $(MONITOR_MINE_OBJS) $(MONITOR_TODO) $(O)/guest/rv64/libmonitor.a $(LAB_OUT)/guest/rv64/linked
	@echo "  LINK    $@"
	$(Q)$(MONITOR_LINK) -o $@ $(filter %.o %.a,$^)

lab-build: $(LAB_OUT)/guest/rv64/monitor | $(O)/guest/rv64/tiny $(HOSTILE)

-include $(MONITOR_MINE_OBJS:.o=.d) $(GRADER_OBJS_07-traps:.o=.d)
