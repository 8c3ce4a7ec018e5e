# lab.mk: the program of lab 1, linked so that labs/guest/fork_watch.c sees its system calls.

FORK_WRAPPED := main pipe fork read write close waitpid wait _exit exit

lab-build: $(LAB_OUT)/fork-watched

$(LAB_OUT)/fork-watched: $(call lab_guest_objects,x86_64,$(GUEST_SRCS_fork)) $(LAB_OUT)/guest/x86_64/labs/todo.o \
    $(LAB_OUT)/guest/x86_64/labs/fork_watch.o $(LAB_OUT)/guest/x86_64/linked
	$(Q)$(GUEST_CC_x86_64) $(GUEST_ISA_FLAGS_x86_64) $(call guest_link,x86_64) $(FORK_WRAPPED:%=-Wl,--wrap=%) -o $@ \
	    $(O)/guest/x86_64/crt0.o $(filter %.o,$^) $(O)/guest/x86_64/libguest.a
