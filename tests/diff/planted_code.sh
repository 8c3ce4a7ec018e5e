#!/bin/bash
# planted_code.sh: a test of the tests. One slip at a time is made in a copy of a file of the
# translator's or the threaded interpreter's, and the command built with that; lock-step
# (--engine both) must notice each.
#
# PLANT=WORDS makes only those whose name has these words.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=on_machine.sh
. "$(dirname "$0")/on_machine.sh"

programs=60
seed=${SEED:-1}

# NAME | WHERE it shows (process, machine) | FILE below emu/ | the slip, for sed.
plants='a signed condition for an unsigned one|process|dbt/emit_alu.c|s/OP_LTU: return X86_BELOW/OP_LTU: return X86_LESS/
an unsigned condition for a signed one|process|dbt/emit_alu.c|s/OP_GE: return X86_NOT_LESS/OP_GE: return X86_NOT_BELOW/
a result of 32 bits that is not sign-extended|process|dbt/emit_alu.c|/^static void extend/,/^}/s/op->width == 32/op->width == 16/
a shift by a constant whose mask is that of 32 bits|process|dbt/emit_alu.c|s/& (op->width - 1u)/\& 31u/
an arithmetic shift that brings zeros in|process|dbt/emit_alu.c|s/shift(e, op, X86_SAR)/shift(e, op, X86_SHR)/
a difference the wrong way round|process|dbt/emit_alu.c|s/x86_unary(e->x, X86_NEG, op->width, reg_rm(to));/;/
a sign extension that should be one by zeros|process|dbt/emit_alu.c|s/OP_ZEXT: extend_part(e, op, false)/OP_ZEXT: extend_part(e, op, true)/
a rotation by one too many|process|dbt/emit_alu.c|/X86_ROR/s/(unsigned)op->imm/(unsigned)op->imm + 1/
a scaled index that is always doubled|process|dbt/emit_alu.c|s/1U << op->imm/2U/
a product of a signed and an unsigned number taken for unsigned|process|dbt/emit_multiply.c|s/if (op->op == OP_MULHSU)/if (op->op == OP_NONE)/
a register that is not written back|process|dbt/emit.c|/^static void spill/,/^}/s/i < HOMES/i + 1 < HOMES/
registers that are stale after a call of the interpreter|process|dbt/emit.c|/^static void emit_step_code/,/^}/s/fill(x, homes);/;/
instructions that are not given back at an exit|process|dbt/emit.c|s/if (instructions != 0)/if (instructions > 1)/
a return address that is off by two|process|dbt/emit.c|/^static void emit_exit_reg/,/^}/s/(uint64_t)op->imm/(uint64_t)op->imm + 2/
a jump to an odd address|process|dbt/emit.c|/^static void emit_exit_reg/,/^}/s/-2)/-1)/
a table of indirect jumps with the wrong code|process|dbt/cache.c|/uint64_t code = /s/block->code/cache->tables->blocks[0].code/
a return that is not checked|process|dbt/emit.c|/^static void emit_guess/,/^}/s/X86_NOT_EQUAL/X86_BELOW/
a load that always sign-extends|process|dbt/emit_memory.c|s/op->op == OP_SEXT, to, at/true, to, at/
a store of 64 bits whatever its width|process|dbt/emit_memory.c|s/x86_store(e->x, op->width, at/x86_store(e->x, 64, at/
an atomic whose address is not checked|process|dbt/emit_memory.c|/^static struct x86_rm aligned_operand/,/^}/s,op->width / 8 - 1,0,
a probe that does not see an access over two pages|machine|dbt/emit_memory.c|/^static struct x86_rm probe_one/,/^}/s,(op->width / 8 - 1),0,
a store that asks for the right to load|machine|dbt/emit_memory.c|s/? ACCESS_LOAD : ACCESS_STORE/? ACCESS_LOAD : ACCESS_LOAD/
a window of memory that does not move with its base|machine|dbt/emit_memory.c|s/moved += op->imm/moved += 0/
a window whose slow way leaves its last access out|machine|dbt/emit_memory.c|s/cold->number = span.end/cold->number = span.end - 1/
an exit chained to the wrong block|process|dbt/store.c|s/cache_link(&dbt->cache, exit, to)/cache_link(\&dbt->cache, exit, from)/
code that changed and is not looked at again|process|dbt/store.c|s/} else if (dbt->code_epoch != machine->code_epoch) {/} else if (dbt == NULL) {/
a fault that is taken for that of another instruction|process|dbt/cache.c|s/insns\[index + 1\].code <= offset/insns[index + 1].code < offset/
jumps that outlive their address space|machine|dbt/store.c|s/else if (stale.user)/else if (false)/
a constant that is believed after it was overwritten|process|dbt/pass_fold.c|s/known->registers &= ~ir_writes(op);/;/
a pattern whose source has changed in between|process|dbt/pass_fuse.c|s/ || origin->a_version != fuser->version\[origin->op->a\]//
a value that is needed at an exit and removed|process|dbt/pass_dead.c|s/ir_may_leave(op) ? UINT32_MAX : ir_reads(op)/op->kind == IR_EXIT_IF ? 0 : ir_reads(op)/
a branch whose opposite is itself|process|dbt/lift.c|/^static enum isa_operator opposite/,/^}/s/OP_LT: return OP_GE/OP_LT: return OP_LT/
an auipc of the next instruction|process|dbt/lift.c|s/add_const(lifter, insn->rd, pc + imm)/add_const(lifter, insn->rd, lifter->next + imm)/
a link to the wrong block|process|threaded/threaded.c|s/jump->to = to;/jump->to = from;/
records of code that has changed|process|threaded/threaded.c|s/} else if (threaded->code_epoch != machine->code_epoch) {/} else if (threaded == NULL) {/
a loop that goes round as long as it should not|process|threaded/build.c|s/case ROW_BLT: return ROW_BGE/case ROW_BLT: return ROW_BLT/
a call that returns two bytes too far|process|threaded/build.c|s/ROW_AUIPC)->imm = insn->length/ROW_AUIPC)->imm = insn->length + 2/
a count that is off by one|process|threaded/threaded.c|s/relay->end = hart->instret + (uint64_t)budget/relay->end = hart->instret + (uint64_t)budget + 1/'

# Those after which memory is right all the same: only that each single store is compared shows them.
plants_of_order='a store that is done twice|process|dbt/emit.c|s/case IR_STORE: emit_store(e, op);/& emit_store(e, op);/
a wrong value that is stored first|process|dbt/emit.c|s/case IR_STORE: /&{ struct ir_op wrong = *op; wrong.b = 0; emit_store(e, \&wrong); } /
two stores that are exchanged|process|dbt/pass_dead.c|s/^    uint32_t live = UINT32_MAX;/&\n    for (unsigned i = 1; i < block->op_count; i++) { struct ir_op *a = \&block->ops[i - 1], *b = \&block->ops[i], c = *a; if (a->kind == IR_STORE \&\& b->kind == IR_STORE \&\& a->a == b->a \&\& a->offset + 8 <= b->offset) { *a = *b; *b = c; } }/
a wrong value that is stored first|process|threaded/build.c|s/case KIND_STORE: /&add_row(builder, pc, insn, insn->row->base)->rs2 = 0; /'

# build FILE SLIP: the command with the slip in it, or why not.
build()
{
    sed "$2" "emu/$1" >"$tap_tmp/planted.c"
    if cmp -s "emu/$1" "$tap_tmp/planted.c"; then
        echo "the slip does not fit emu/$1 any more"
        return 1
    fi
    make -s O="$O" plant PLANT="$tap_tmp/planted.c" PLANT_TO="$tap_tmp/trivium"
}

# noticed COMMAND WAY OPTION...: does it end by a difference, and say so?
noticed()
{
    noticed_way=$2
    noticed_command=$1
    shift
    # shellcheck disable=SC2046 # options, perhaps none
    set -- "$1" $(switches_of "$1") "${@:2}"
    timeout 60 "$noticed_command" run --engine "$engines" --on "$@" >/dev/null 2>"$tap_tmp/log" \
        </dev/null
    is_difference $?
}

# switches_of WAY: the translator translates what is executed once, too.
switches_of()
{
    [ "$1" != dbt ] || echo --dbt=-tier
}

# is_difference STATUS
is_difference()
{
    [ "$1" -eq 125 ] && grep -q "lock-step: $noticed_way differs from interp" "$tap_tmp/log"
}

notice_process()
{
    for ((i = 0; i < programs; i++)); do
        noticed "$1" "$2" --user "$tap_tmp/program$i" && return 0
    done
    return 1
}

notice_machine()
{
    noticed "$1" "$2" --memory 32M fork 2 20 && return 0
    for ((i = 0; i < programs; i++)); do
        make_initrd "$tap_tmp/program$i" "$tap_tmp/initrd.cpio" || return 1
        # shellcheck disable=SC2046 # options, perhaps none
        run_on_machine "$tap_tmp/initrd.cpio" "$1" "$2" $(switches_of "$2") --engine "$engines" \
            >/dev/null 2>"$tap_tmp/log"
        is_difference $? && return 0
    done
    noticed "$1" "$2" --memory 32M --kernel "$O/guest/rv64/kernel" \
        --initrd "$O/guest/rv64/initrd.cpio" --append "tty=off init=/bin/stress"
}

for ((i = 0; i < programs; i++)); do
    "$O/tests/diff/programs" make $((seed + i)) "$tap_tmp/program$i" || exit 1
    chmod +x "$tap_tmp/program$i"
done
for engines in both unordered; do
    for way in threaded dbt; do
        tap_not "nothing is noticed with $way without a slip, engines: $engines" \
            notice_process "$TRIVIUM" $way
    done
done

# plant PLANTS: makes each of them that is wanted. Those of the order must be seen by nothing else.
plant()
{
    echo "$1" | grep "${PLANT:-}" >"$tap_tmp/plants"
    while IFS='|' read -r name where file slip <&3; do
        if ! build "$file" "$slip" >"$tap_tmp/log" 2>&1; then
            tap_result 1 "$name can be planted"
            sed 's/^/# /' "$tap_tmp/log"
            continue
        fi
        way=${file%%/*}
        engines=both
        tap_ok "$way: $name is caught" "notice_$where" "$tap_tmp/trivium" "$way"
        [ "$1" = "$plants_of_order" ] || continue
        engines=unordered
        tap_not "... and by the order of stores alone" "notice_$where" "$tap_tmp/trivium" "$way"
    done 3<"$tap_tmp/plants"
}

plant "$plants"
plant "$plants_of_order"
tap_done
