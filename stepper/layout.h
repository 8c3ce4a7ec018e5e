/*
 * layout.h: which pane is where, on a screen of which size.
 *
 *     160x50  source, guest, IR, host | phases | registers, homes, cache | events
 *     120x40  guest, IR, host | phases | registers, the rest
 *      80x24  guest, IR or host | phases | registers or the rest
 *
 * Of the run:
 *
 *     160x50  console, processes | calls, harts, counters
 *     120x40  console, processes | calls, the rest
 *      80x24  console, processes | one of the rest
 *
 * Where there is less room panes share a slot, and the one that was chosen last is in front.
 */
#ifndef TRIVIUM_STEPPER_LAYOUT_H
#define TRIVIUM_STEPPER_LAYOUT_H

#include "stepper/stepper.h"
#include "view/slots.h"

#define LAYOUT_WIDTH_LEAST  60
#define LAYOUT_HEIGHT_LEAST 20

struct layout {
    bool too_small;
    struct slots slots;
    struct edges edges;
    struct rect phases, marks; /* of no height: not there */
};

void layout_make(struct layout *layout, int width, int height, const struct scene *scene);

#endif
