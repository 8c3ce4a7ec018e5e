# lab.mk: lab 10's grader has all of ctr around the student's files; and what its script runs.

$(LAB_OUT)/grade-10-container: $(LIBRARY)
lab-build: $(LAB_INSIDE) $(O)/tests/ctr/attack
