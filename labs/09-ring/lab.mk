# lab.mk: the grader of lab 9 has the guest's driver in it: the student's, compiled for this host, with
# labs/guest/ring in the place of the kernel around it.

GRADER_OBJS_09-ring := $(patsubst %,$(LAB_OUT)/obj/labs/09-ring/driver/%.o,virtio_mmio virtio_console kernel)

$(LAB_OUT)/grade-09-ring: $(LIBRARY)

# The student's file of that name, or else the reference's.
ring_source = $(firstword $(wildcard $(LAB_MINE:%=%/guest/kernel/$(1).c) labs/guest/ring/$(1).c guest/kernel/$(1).c))

define ring_rule
$(LAB_OUT)/obj/labs/09-ring/driver/$(1).o: $(call ring_source,$(1)) $(LAB_OUT)/files labs/09-ring/lab.mk
	@mkdir -p $$(@D)
	@echo "  CC      $$< (for the grader)"
	$$(Q)$(CC) -Ilabs/guest/ring $(LAB_FLAGS) -MMD -MP -c -o $$@ $$<
endef
$(foreach name,virtio_mmio virtio_console kernel,$(eval $(call ring_rule,$(name))))
-include $(GRADER_OBJS_09-ring:.o=.d)
