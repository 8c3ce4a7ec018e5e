/*
 * export.h: a pane as a file, for slides and papers, which says where it is from.
 */
#ifndef TRIVIUM_VIEW_EXPORT_H
#define TRIVIUM_VIEW_EXPORT_H

#include "view/scene.h"

/* As SVG if the path ends in .svg, else as text. */
int export_pane(const struct scene *scene, unsigned pane, const char *path, struct err *err);

/* For who sees no screen: the pane's name, then what is inside its frame, in at most so many lines.
 */
void export_lines(FILE *file, const struct scene *scene, unsigned pane, int lines, bool ascii);

#endif
