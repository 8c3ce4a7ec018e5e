/*
 * threaded.h: the threaded interpreter, as an engine (emu/cpu/engine.h): code is decoded once.
 *
 *     dispatcher (threaded.c):  the block at pc -> not there: make it -> execute -> why back?
 *
 *     guest code --build.c--> records --> blocks.c        execution: handlers.c
 *
 * It stands between the interpreter, which decodes an instruction every time, and the translator,
 * which makes host code of it: decoded once, executed by functions that were compiled beforehand.
 * So it is C and nothing else.
 *
 * Read next: record.h.
 */
#ifndef TRIVIUM_EMU_THREADED_THREADED_H
#define TRIVIUM_EMU_THREADED_THREADED_H

#include "emu/cpu/engine.h"

extern const struct engine engine_threaded;

#endif
