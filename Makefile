# Trivium: one set of programs, three roads. `make help` lists what can be made.
#
#   make demo     installs what is missing, builds, runs the programs side by side
#   make check    installs what is missing, builds, passes the tests
#
# O=DIR builds there. V=1 shows commands. WERROR=1 makes warnings errors. SAN=address,undefined
# builds with sanitizers (in a folder of its own). CC=clang works as well as gcc.
#
# Read next: mk/sources.mk (what is built), mk/tests.mk (what is tested), mk/lint.mk.

# In a tree without solutions (make lab-dist) the reference is there compiled, and is not made.
-include labs/reference.mk

comma  := ,
SAN    ?=
COVER  ?=
O      ?= build$(if $(SAN),/$(subst $(comma),-,$(SAN)))
WERROR ?=
V      ?=
PREFIX ?= /usr/local

Q := $(if $(V),,@)
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all
.SECONDEXPANSION:
MAKEFLAGS += --no-builtin-rules

ifeq ($(origin CC),default)
CC := gcc
endif

include mk/sources.mk

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
    -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wcast-qual -Wswitch-enum -Wimplicit-fallthrough \
    $(if $(WERROR),-Werror)
OPTIMIZE := -O2 -g
INSTRUMENT := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
    $(if $(COVER),--coverage -O0)
# pkg-config is asked once, and only when something is compiled: `make demo` may be about to
# install it.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) $(LOADED_PACKAGES)))$(PACKAGE_CFLAGS)
PACKAGE_LIBS   = $(eval PACKAGE_LIBS := $(call archives,$(shell pkg-config --libs --static $(PACKAGES))))$(PACKAGE_LIBS)
# "-lNAME ...": each as an archive where there is one, of which only what is needed is linked. Six shared
# libraries make each start of Trivium 0.2 ms longer, and each of its forks.
archives = $(foreach word,$(1),$(or $(if $(filter -l%,$(word)),\
    $(wildcard $(shell $(CC) -print-file-name=$(word:-l%=lib%.a)))),$(word)))
CPPFLAGS = -I. -I$(O)/gen -D_GNU_SOURCE
CFLAGS   = -std=c11 $(WARNINGS) $(OPTIMIZE) $(INSTRUMENT) $(PACKAGE_CFLAGS)
# Names are bound at start: a lazily bound one costs each forked process page faults of its own.
LDFLAGS  = $(INSTRUMENT) -Wl,-z,relro,-z,now
# With COVER, the last word is for tests/cover_exit.c.
LDLIBS   = $(PACKAGE_LIBS) $(call archives,$(LIBRARIES)) -lm $(if $(COVER),-Wl$(comma)--wrap=_exit $(LIBRARY))

# Everything but main() is an archive, so that each test links what it needs of it.
LIBRARY := $(O)/libtrivium.a

.PHONY: all
all: ## Build build/trivium and the guest programs (make deps names the packages)

include emu/isa/isa.mk
include ctr/ctr.mk
include stepper/stepper.mk
include guest/guest.mk
include guest/kernel.mk
include guest/monitor.mk
include bench/bench.mk
include mk/tests.mk
include mk/labs.mk
include mk/lint.mk
include mk/demo.mk
include mk/docs.mk
include mk/install.mk
include mk/deps.mk

LIBRARY_OBJS := $(patsubst %,$(O)/obj/%.o,$(basename $(filter-out cli/main.c,$(TRIVIUM_SRCS)) \
    $(if $(COVER),tests/cover_exit.c)))

# How many things a target that starts many does at a time, unless make -j was told.
JOBS     = $(shell nproc)
PARALLEL = $(if $(findstring --jobserver,$(MAKEFLAGS)),,-j$(JOBS)) --no-print-directory

all: $(O)/trivium guest kernel

$(O)/trivium: $(O)/obj/cli/main.o $(LIBRARY)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIBRARY): $(LIBRARY_OBJS)
	@echo "  AR      $@"
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(O)/obj/%.o: %.c $(O)/flags | $(ISA_GENERATED) $(CTR_GENERATED) $(STEPPER_GENERATED)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Its handlers go from one to the next by calls that have to be jumps: lib/tail_call.h.
$(O)/obj/emu/threaded/%.o: private CFLAGS += -foptimize-sibling-calls

$(O)/obj/%.o: %.S $(O)/flags
	@mkdir -p $(@D)
	@echo "  AS      $<"
	$(Q)$(CC) $(CPPFLAGS) -MMD -MP -c -o $@ $<

# Other flags than last time: everything is compiled anew.
BUILD_FLAGS = $(CC) $(CFLAGS) $(LDFLAGS) $(LDLIBS)
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(BUILD_FLAGS)' | cmp -s - $@ || echo '$(BUILD_FLAGS)' > $@

-include $(LIBRARY_OBJS:.o=.d) $(O)/obj/cli/main.d

.PHONY: clean help FORCE
clean: ## Remove everything that was built
	rm -rf $(O)

help: ## This list
	@echo 'Trivium. Targets (O=DIR, V=1, WERROR=1, SAN=address,undefined, CC=clang):'
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | sort | \
	    awk -F '|' '{ printf "  make %-17s %s\n", $$1, $$2 }'
