/* screen.c: what terminals and windows have in common; see screen.h. */
#include "view/screen.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

void screen_size(struct screen *screen, int *width, int *height)
{
    screen->ops->size(screen, width, height);
}

void screen_listen(struct screen *screen)
{
    if (screen->ops->listen != NULL)
        screen->ops->listen(screen);
}

int screen_show(struct screen *screen, const struct grid *grid, struct err *err)
{
    if (!screen->lends_signals)
        screen_listen(screen);
    return screen->ops->show(screen, grid, err);
}

void screen_wait(struct screen *screen, double seconds, struct screen_event *event)
{
    screen_listen(screen);
    *event = (struct screen_event){.kind = SCREEN_NONE};
    screen->ops->wait(screen, seconds, event);
}

void screen_scale(struct screen *screen, int steps)
{
    if (screen->ops->scale != NULL)
        screen->ops->scale(screen, steps);
}

void screen_mouse(struct screen *screen)
{
    screen->ops->mouse(screen);
}

void screen_free(struct screen *screen)
{
    if (screen != NULL)
        screen->ops->free(screen);
}

bool screen_takes_utf8(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    bool answer;

    if (locale == (locale_t)0)
        return false;
    answer = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return answer;
}
