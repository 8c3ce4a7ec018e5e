/* pane_source.c: the program's source; see panes.h. */
#include "stepper/panes.h"

void pane_source_draw(struct area area, const struct stepper *stepper)
{
    (void)stepper;
    area_wrap(area, 0, ROLE_DIM,
              "Lines of source are not read yet, so which of them an instruction comes from is not "
              "shown.");
}
