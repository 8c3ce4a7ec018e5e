/*
 * window.c: a screen in a window, by SDL2; see screen.h.
 *
 * SDL is loaded when a window is asked for: linked, it and dozens of libraries behind it would be
 * loaded at each start of Trivium. It draws nothing here: the pixels are those of raster.h.
 */
#include <SDL2/SDL.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "view/raster.h"
#include "view/screen.h"

#define LIBRARY   "libSDL2-2.0.so.0"
#define SCALE_MAX 8

#define SDL_CALLS(X)             \
    X(SDL_SetHint)               \
    X(SDL_VideoInit)             \
    X(SDL_VideoQuit)             \
    X(SDL_GetCurrentVideoDriver) \
    X(SDL_GetError)              \
    X(SDL_GetModState)           \
    X(SDL_CreateWindow)          \
    X(SDL_DestroyWindow)         \
    X(SDL_SetWindowMinimumSize)  \
    X(SDL_GetWindowSize)         \
    X(SDL_GetWindowSurface)      \
    X(SDL_UpdateWindowSurface)   \
    X(SDL_CreateRGBSurfaceFrom)  \
    X(SDL_FreeSurface)           \
    X(SDL_UpperBlit)             \
    X(SDL_WaitEventTimeout)      \
    X(SDL_WaitEvent)

/* What is used of it, with the types that its header has. */
struct sdl {
    void *library;
#define MEMBER(name) __typeof__(&name) name;
    SDL_CALLS(MEMBER)
#undef MEMBER
};

struct window {
    struct screen screen;
    struct sdl sdl;
    SDL_Window *window;
    int scale;
    bool mouse;           /* was asked for */
    int mouse_x, mouse_y; /* pixels: where it was last */
};

/* C has no conversion from an object's address to a function's; POSIX says that they look alike. */
static int find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);

    memcpy(function, &symbol, sizeof symbol);
    return symbol == NULL ? -1 : 0;
}

static void unload(struct sdl *sdl)
{
    sdl->SDL_VideoQuit();
    dlclose(sdl->library);
}

/* Without a display SDL takes what nobody sees. */
static bool has_windows(const struct sdl *sdl)
{
    const char *driver = sdl->SDL_GetCurrentVideoDriver();

    return driver != NULL && (strcmp(driver, "x11") == 0 || strcmp(driver, "wayland") == 0);
}

/* Loads it, and finds a display. */
static int load(struct sdl *sdl, struct err *err)
{
    int answer = 0;

    sdl->library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
    if (sdl->library == NULL) {
        err_set(err, "cannot load %s, which makes windows: %s", LIBRARY, dlerror());
        err_hint(err, "install libsdl2-2.0-0, or use a terminal: --live of race, --tui of step");
        return -1;
    }
#define FIND(name) answer |= find(sdl->library, #name, &sdl->name);
    SDL_CALLS(FIND)
#undef FIND
    if (answer < 0) {
        dlclose(sdl->library);
        err_set(err, "%s lacks a function that it should have", LIBRARY);
        return -1;
    }
    /* A signal ends us as it ends any program: there is nothing to be put back. */
    sdl->SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    sdl->SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    if (sdl->SDL_VideoInit(NULL) < 0) {
        err_set(err, "SDL finds no display for a window: %s", sdl->SDL_GetError());
        dlclose(sdl->library);
    } else if (!has_windows(sdl)) {
        err_set(err, "SDL finds no display with windows, only its driver '%s'",
                sdl->SDL_GetCurrentVideoDriver());
        unload(sdl);
    } else {
        return 0;
    }
    err_hint(err, "run it where DISPLAY or WAYLAND_DISPLAY names one, or use a terminal: --live of "
                  "race, --tui of step");
    return -1;
}

/* In the process that only looks: it says what is missing, and is gone with all that it loaded. */
static _Noreturn void look_for_display(int fd)
{
    struct sdl sdl;
    struct err err;

    if (load(&sdl, &err) == 0)
        _exit(EXIT_SUCCESS);
    _exit(write(fd, &err, sizeof err) == sizeof err ? EXIT_FAILURE : EXIT_FAILURE + 1);
}

/* Another process looks, because a library does not leave this one as it was: dozens that SDL
 * brings along stay mapped when it is unloaded, and are copied at each fork from then on. */
int screen_window_check(struct err *err)
{
    int fds[2], status = -1;
    ssize_t got;
    pid_t child;

    if (pipe2(fds, O_CLOEXEC) < 0)
        return err_sys(err, errno, "cannot make a pipe");
    child = fork();
    if (child == 0)
        look_for_display(fds[1]);
    close(fds[1]);
    if (child < 0) {
        close(fds[0]);
        return err_sys(err, errno, "cannot start a process that looks for a display");
    }
    got = read(fds[0], err, sizeof *err);
    close(fds[0]);
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
        return 0;
    if (got != (ssize_t)sizeof *err)
        return err_set(err, "SDL did not survive looking for a display");
    return -1;
}

static void window_size(struct screen *screen, int *width, int *height)
{
    struct window *window = (struct window *)screen;

    window->sdl.SDL_GetWindowSize(window->window, width, height);
    *width /= GLYPH_WIDTH * window->scale;
    *height /= GLYPH_HEIGHT * window->scale;
}

static int window_show(struct screen *screen, const struct grid *grid, struct err *err)
{
    struct window *window = (struct window *)screen;
    struct sdl *sdl = &window->sdl;
    SDL_Surface *to = sdl->SDL_GetWindowSurface(window->window), *from;
    uint32_t *pixels;
    int answer = -1;

    if (to == NULL)
        return err_set(err, "the window has nothing to draw on: %s", sdl->SDL_GetError());
    pixels = calloc((size_t)to->w * (size_t)to->h, sizeof *pixels);
    if (pixels == NULL)
        err_die_oom();
    raster_draw(pixels, to->w, to->h, (size_t)to->w, grid, screen->theme, window->scale);
    from = sdl->SDL_CreateRGBSurfaceFrom(pixels, to->w, to->h, 32, to->w * (int)sizeof *pixels,
                                         0xff0000, 0xff00, 0xff, 0);
    if (from != NULL && sdl->SDL_UpperBlit(from, NULL, to, NULL) == 0 &&
        sdl->SDL_UpdateWindowSurface(window->window) == 0)
        answer = 0;
    else
        err_set(err, "cannot draw into the window: %s", sdl->SDL_GetError());
    if (from != NULL)
        sdl->SDL_FreeSurface(from);
    free(pixels);
    return answer;
}

/* Keys that are no characters; those that are come as text. */
static uint32_t key_of(SDL_Keycode code)
{
    static const struct {
        SDL_Keycode code;
        uint32_t key;
    } keys[] = {
        {SDLK_UP, KEY_UP},          {SDLK_DOWN, KEY_DOWN},
        {SDLK_LEFT, KEY_LEFT},      {SDLK_RIGHT, KEY_RIGHT},
        {SDLK_HOME, KEY_HOME},      {SDLK_END, KEY_END},
        {SDLK_ESCAPE, KEY_ESCAPE},  {SDLK_TAB, KEY_TAB},
        {SDLK_RETURN, KEY_ENTER},   {SDLK_BACKSPACE, KEY_BACKSPACE},
        {SDLK_PAGEUP, KEY_PAGE_UP}, {SDLK_PAGEDOWN, KEY_PAGE_DOWN},
    };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].code == code)
            return keys[i].key;
    }
    return 0;
}

/* With the control key, + and - come as text from some systems, and not from others. */
static uint32_t control_key_of(const SDL_KeyboardEvent *event)
{
    if ((event->keysym.mod & KMOD_CTRL) == 0)
        return 0;
    switch (event->keysym.sym) {
    case SDLK_PLUS:
    case SDLK_EQUALS:
    case SDLK_KP_PLUS: return '+';
    case SDLK_MINUS:
    case SDLK_KP_MINUS: return '-';
    default: return 0;
    }
}

/* False: nothing that has a meaning. */
static bool translate_mouse(struct window *window, const SDL_Event *from,
                            struct screen_mouse *mouse)
{
    int cell_width = GLYPH_WIDTH * window->scale, cell_height = GLYPH_HEIGHT * window->scale;

    switch (from->type) {
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        if (from->button.button != SDL_BUTTON_LEFT)
            return false;
        *mouse =
            (struct screen_mouse){from->type == SDL_MOUSEBUTTONDOWN ? MOUSE_PRESS : MOUSE_RELEASE,
                                  from->button.x / cell_width, from->button.y / cell_height};
        return true;
    case SDL_MOUSEMOTION:
        window->mouse_x = from->motion.x;
        window->mouse_y = from->motion.y;
        *mouse = (struct screen_mouse){(from->motion.state & SDL_BUTTON_LMASK) != 0 ? MOUSE_DRAG
                                                                                    : MOUSE_HOVER,
                                       from->motion.x / cell_width, from->motion.y / cell_height};
        return true;
    case SDL_MOUSEWHEEL:
        *mouse = (struct screen_mouse){from->wheel.y > 0 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN,
                                       window->mouse_x / cell_width, window->mouse_y / cell_height};
        return from->wheel.y != 0;
    default: return false;
    }
}

static void translate(struct window *window, const SDL_Event *from, struct screen_event *event)
{
    if (from->type == SDL_QUIT) {
        event->kind = SCREEN_END;
    } else if (from->type == SDL_WINDOWEVENT) {
        if (from->window.event == SDL_WINDOWEVENT_SIZE_CHANGED ||
            from->window.event == SDL_WINDOWEVENT_EXPOSED)
            event->kind = SCREEN_CHANGED;
    } else if (from->type == SDL_KEYDOWN && key_of(from->key.keysym.sym) != 0) {
        *event = (struct screen_event){.kind = SCREEN_KEY, .key = key_of(from->key.keysym.sym)};
    } else if (from->type == SDL_KEYDOWN && control_key_of(&from->key) != 0) {
        *event = (struct screen_event){.kind = SCREEN_KEY, .key = control_key_of(&from->key)};
    } else if (window->mouse && translate_mouse(window, from, &event->mouse)) {
        event->kind = SCREEN_MOUSE;
    } else if (from->type == SDL_TEXTINPUT && (window->sdl.SDL_GetModState() & KMOD_CTRL) == 0 &&
               (unsigned char)from->text.text[0] < 0x80) {
        *event = (struct screen_event){.kind = SCREEN_KEY, .key = (uint32_t)from->text.text[0]};
    }
}

static uint64_t milliseconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Movements of the mouse and the like wake it, too, and do not make the wait shorter. */
static void window_wait(struct screen *screen, double seconds, struct screen_event *event)
{
    struct window *window = (struct window *)screen;
    uint64_t end = milliseconds_now() + (uint64_t)(seconds > 0 ? seconds * 1000 : 0);
    SDL_Event from;

    while (event->kind == SCREEN_NONE) {
        uint64_t now = milliseconds_now();

        if (seconds < 0) {
            if (window->sdl.SDL_WaitEvent(&from) == 0)
                event->kind = SCREEN_END;
        } else if (window->sdl.SDL_WaitEventTimeout(&from, now < end ? (int)(end - now) : 0) == 0) {
            return;
        }
        translate(window, &from, event);
    }
}

static void window_scale(struct screen *screen, int steps)
{
    struct window *window = (struct window *)screen;
    int scale = window->scale + steps;

    if (scale >= 1 && scale <= SCALE_MAX)
        window->scale = scale;
}

static void window_mouse(struct screen *screen)
{
    struct window *window = (struct window *)screen;

    window->mouse = true;
}

static void window_free(struct screen *screen)
{
    struct window *window = (struct window *)screen;

    window->sdl.SDL_DestroyWindow(window->window);
    unload(&window->sdl);
    free(window);
}

struct screen *screen_window(const char *title, int width, int height, int scale, enum theme theme,
                             struct err *err)
{
    static const struct screen_ops ops = {
        .size = window_size,
        .show = window_show,
        .wait = window_wait,
        .scale = window_scale,
        .mouse = window_mouse,
        .free = window_free,
    };
    struct window *window = calloc(1, sizeof *window);

    if (window == NULL)
        err_die_oom();
    window->screen = (struct screen){.ops = &ops, .theme = theme};
    window->scale = scale;
    if (load(&window->sdl, err) < 0) {
        free(window);
        return NULL;
    }
    window->window = window->sdl.SDL_CreateWindow(
        title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, width * GLYPH_WIDTH * scale,
        height * GLYPH_HEIGHT * scale, SDL_WINDOW_RESIZABLE);
    if (window->window == NULL) {
        err_set(err, "cannot open a window: %s", window->sdl.SDL_GetError());
        unload(&window->sdl);
        free(window);
        return NULL;
    }
    window->sdl.SDL_SetWindowMinimumSize(window->window, GLYPH_WIDTH * 20, GLYPH_HEIGHT * 4);
    return &window->screen;
}
