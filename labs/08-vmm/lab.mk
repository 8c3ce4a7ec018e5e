# lab.mk: the grader of lab 8 has a whole machine around the student's files, and a KVM that is played.

$(LAB_OUT)/grade-08-vmm: $(LIBRARY)
$(LAB_OUT)/obj/labs/08-vmm/grade.o: labs/08-vmm/lab.mk
$(LAB_OUT)/obj/labs/08-vmm/grade.o: private LAB_FLAGS += -Ilabs/08-vmm/stub
