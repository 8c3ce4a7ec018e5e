# ctr.mk: building ctr. mkfilter turns calls.def into ctr_filter.inc, which only harden.c includes.

CTR_GENERATED := $(O)/gen/ctr_filter.inc

$(O)/obj/ctr/harden.o: $(CTR_GENERATED)

$(O)/gen/ctr_filter.inc: $(O)/gen/mkfilter
	@echo "  GEN     $@"
	$(Q)$< > $@

$(O)/gen/mkfilter: ctr/mkfilter.c ctr/calls.def $(O)/flags
	@mkdir -p $(@D)
	@echo "  HOST    $@"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $$(pkg-config --cflags libseccomp) $(LDFLAGS) -o $@ $< \
	    $$(pkg-config --libs libseccomp)
