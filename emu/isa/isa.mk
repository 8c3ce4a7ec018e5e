# isa.mk: building emu/isa. Included by the Makefile, which compiles X.c to $(O)/obj/X.o.
#
# mkisa turns rv64.def into isa_tables.inc, which only tables.c includes: a table that says
# something else about its rows (RV64_DEF=another.def) recompiles one object. mkdoc turns the rows
# into docs/isa.md.

RV64_DEF ?= emu/isa/rv64.def

ISA_SRCS := emu/isa/csr.c emu/isa/decode.c emu/isa/disasm.c emu/isa/encode.c emu/isa/isa.c \
    emu/isa/ruler.c emu/isa/tables.c

# What has to be there before anything is compiled.
ISA_GENERATED := $(O)/gen/isa_tables.inc

$(O)/obj/emu/isa/tables.o: $(ISA_GENERATED)

$(O)/gen/isa_tables.inc: $(O)/gen/mkisa
	@echo "  GEN     $@"
	$(Q)$< > $@

# Compiled in one step, because every object waits for what this makes.
MKISA_SRCS := emu/isa/mkisa.c emu/isa/mkisa_check.c emu/isa/ruler.c
MKISA_DEPS := $(MKISA_SRCS) emu/isa/mkisa.h emu/isa/ruler.h emu/isa/index.h emu/isa/isa.h \
    emu/isa/formats.def emu/isa/rv64.def

$(O)/gen/mkisa: $(MKISA_DEPS) $(RV64_DEF) $(O)/gen/rv64_def $(O)/flags
	@echo "  HOST    $@"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -DISA_RV64_DEF='"$(abspath $(RV64_DEF))"' $(LDFLAGS) -o $@ \
	    $(MKISA_SRCS)

# Another table than last time: it is read, however old it is.
$(O)/gen/rv64_def: FORCE
	@mkdir -p $(@D)
	@echo '$(RV64_DEF)' | cmp -s - $@ || echo '$(RV64_DEF)' > $@

$(O)/gen/mkdoc: $(O)/obj/emu/isa/mkdoc.o $(ISA_SRCS:%.c=$(O)/obj/%.o)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^
