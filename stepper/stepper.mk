# stepper.mk: building the stepper. tour.script, the text of the guided tour, becomes the elements of an array of
# lines, which only tour.c includes: so a trivium that is copied somewhere has its tour with it.

STEPPER_GENERATED := $(O)/gen/tour.inc

$(O)/obj/stepper/tour.o: $(STEPPER_GENERATED)

$(O)/gen/tour.inc: stepper/tour.script stepper/stepper.mk
	@mkdir -p $(@D)
	@echo "  GEN     $@"
	$(Q)sed 's/[\\"]/\\&/g; s/.*/"&\\n",/' $< > $@
