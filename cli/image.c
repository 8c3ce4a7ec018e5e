/* image.c: `trivium image`: making, showing and removing images. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/status.h"
#include "ctr/layer.h"
#include "ctr/oci.h"
#include "ctr/store.h"

struct image_options {
    const char *from; /* --from */
    char **words;     /* ACTION and what follows it */
    int count;
};

enum option_key { KEY_FROM = 256 };

static const struct argp_option options[] = {
    {"from", KEY_FROM, "IMAGE", 0, "build: begin with the layers of that image", 0},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct image_options *image = state->input;

    switch (key) {
    case KEY_FROM: image->from = arg; return 0;
    case ARGP_KEY_ARGS:
        image->words = state->argv + state->next;
        image->count = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "build, import, commit, list, history, layers or remove?");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc =
        "build NAME SOURCE...\nimport NAME LAYOUT\ncommit CONTAINER NAME\nlist\nhistory NAME\nlayers NAME\nremove NAME",
    .doc =
        "Makes, shows and removes images: stacks of layers, each of which is a tar file under the "
        "digest of its bytes. A SOURCE is a folder or a tar file, and becomes a layer on top of "
        "those before it. A LAYOUT is a folder with an OCI image layout. A CONTAINER was run with "
        "--name, and has ended."
        "\vThey are kept in $TRIVIUM_IMAGES, or else in trivium/images in $XDG_DATA_HOME or "
        "~/.local/share.\n\nExample: trivium image build small root/ more.tar.gz",
};

static int build_layers(const struct image_options *wanted, struct store *store,
                        struct image *image, struct err *err)
{
    struct archive_calls calls;
    int answer = archive_calls_load(&calls, err);

    if (answer < 0)
        return -1;
    for (int i = 2; i < wanted->count && answer == 0; i++) {
        if (image->count == IMAGE_LAYERS_MOST)
            answer = err_set(err, "an image has %d layers at most", IMAGE_LAYERS_MOST);
        else
            answer =
                store_add_layer(store, &calls, wanted->words[i], &image->layers[image->count], err);
        image->count += answer == 0;
    }
    archive_calls_unload(&calls);
    return answer;
}

static int check_name(const char *name, struct err *err)
{
    if (store_is_name(name))
        return 0;
    err_set(err, "no image can be called '%s'", name);
    return err_hint(err, "letters, digits, dots, dashes and underscores, 64 at most");
}

static int build(const struct image_options *wanted, struct store *store, struct err *err)
{
    const char *name = wanted->words[1];
    struct image image = {.count = 0};
    struct err ignored;
    int answer;

    if (check_name(name, err) < 0)
        return -1;
    if (wanted->from != NULL && store_load(store, STORE_IMAGE, wanted->from, &image, err) < 0)
        return -1;
    snprintf(image.name, sizeof image.name, "%s", name);
    answer = build_layers(wanted, store, &image, err);
    if (answer == 0)
        answer = store_save(store, STORE_IMAGE, &image, err);
    if (store_sweep(store, answer == 0 ? err : &ignored) < 0 && answer == 0)
        answer = -1;
    return answer;
}

static int import_layers(const struct oci_image *oci, struct store *store, struct image *image,
                         struct err *err)
{
    struct archive_calls calls;
    int answer = archive_calls_load(&calls, err);

    if (answer < 0)
        return -1;
    for (size_t i = 0; i < oci->count && answer == 0; i++) {
        char source[96];
        int from = oci_open_layer(oci, i, err);

        snprintf(source, sizeof source, "OCI layer %.12s", oci->layers[i].blob);
        answer = from < 0 ? -1
                          : store_add_open(store, &calls, from, source, oci->layers[i].diff,
                                           &image->layers[i], err);
        image->count += answer == 0;
    }
    archive_calls_unload(&calls);
    return answer;
}

static int import(const struct image_options *wanted, struct store *store, struct err *err)
{
    struct image image = {.count = 0};
    struct oci_image oci;
    struct err ignored;
    int answer;

    if (check_name(wanted->words[1], err) < 0 || oci_open(&oci, wanted->words[2], err) < 0)
        return -1;
    snprintf(image.name, sizeof image.name, "%s", wanted->words[1]);
    image.config = oci.config;
    answer = import_layers(&oci, store, &image, err);
    oci_close(&oci);
    if (answer == 0)
        answer = store_save(store, STORE_IMAGE, &image, err);
    if (store_sweep(store, answer == 0 ? err : &ignored) < 0)
        answer = -1;
    return answer;
}

/* A container that has ended consists of layers, as an image does: it needs only another name. */
static int commit(const struct image_options *wanted, struct store *store, struct err *err)
{
    struct image image = {.count = 0};

    if (check_name(wanted->words[2], err) < 0 ||
        store_load(store, STORE_CONTAINER, wanted->words[1], &image, err) < 0 ||
        store_has_layers(store, &image, err) < 0)
        return -1;
    snprintf(image.name, sizeof image.name, "%s", wanted->words[2]);
    if (store_save(store, STORE_IMAGE, &image, err) < 0)
        return -1;
    return store_sweep(store, err);
}

static int print_image(void *owner, const struct image *image, struct err *err)
{
    uint64_t size = 0;

    (void)owner;
    (void)err;
    for (size_t i = 0; i < image->count; i++)
        size += image->layers[i].size;
    printf("%-24s %2zu layer%s %10.1f KiB\n", image->name, image->count,
           image->count == 1 ? " " : "s", (double)size / 1024);
    return 0;
}

static int list(const struct image_options *wanted, struct store *store, struct err *err)
{
    (void)wanted;
    return store_list(store, STORE_IMAGE, print_image, NULL, err);
}

/* The topmost first, as the one that was made last. */
static int history(const struct image_options *wanted, struct store *store, struct err *err)
{
    struct image image;

    if (store_load(store, STORE_IMAGE, wanted->words[1], &image, err) < 0)
        return -1;
    for (size_t i = image.count; i-- > 0;) {
        const struct image_layer *layer = &image.layers[i];
        time_t made = (time_t)layer->made;
        struct tm local;
        char date[32] = "?";

        if (localtime_r(&made, &local) != NULL)
            strftime(date, sizeof date, "%Y-%m-%d %H:%M", &local);
        printf("%2zu  %.12s  %s %10.1f KiB  %s\n", i + 1, layer->digest, date,
               (double)layer->size / 1024, layer->source);
    }
    return 0;
}

/* A stranger's name, for a terminal. */
static void print_path(const char *path)
{
    for (; *path != '\0'; path++)
        putchar((unsigned char)*path < ' ' || *path == 127 ? '?' : *path);
}

static int print_layer(const struct archive_calls *calls, int fd, size_t number, struct err *err)
{
    static const char *const kinds[] = {"folder", "file", "link", "link", "gone", "opaque"};
    struct layer layer;
    struct layer_entry entry = {.size = 0};
    int answer;

    if (layer_open(&layer, calls, fd, LAYER_BYTES_MOST, err) < 0)
        return -1;
    while ((answer = layer_next(&layer, &entry, err)) == 1) {
        printf("%2zu  %-6s %10llu  /", number, kinds[entry.kind], (unsigned long long)entry.size);
        print_path(entry.path);
        if (entry.kind == LAYER_SYMLINK || entry.kind == LAYER_HARDLINK) {
            fputs(entry.kind == LAYER_SYMLINK ? " -> " : " = /", stdout);
            print_path(entry.link);
        }
        putchar('\n');
    }
    layer_close(&layer);
    return answer;
}

/* Which file comes from which layer. */
static int layers(const struct image_options *wanted, struct store *store, struct err *err)
{
    struct archive_calls calls;
    struct image image;
    int answer = 0;

    if (store_load(store, STORE_IMAGE, wanted->words[1], &image, err) < 0 ||
        archive_calls_load(&calls, err) < 0)
        return -1;
    for (size_t i = 0; i < image.count && answer == 0; i++) {
        int fd = store_open_layer(store, &image.layers[i], err);

        answer = fd < 0 ? -1 : print_layer(&calls, fd, i + 1, err);
        if (fd >= 0)
            close(fd);
    }
    archive_calls_unload(&calls);
    return answer;
}

static int remove_image(const struct image_options *wanted, struct store *store, struct err *err)
{
    return store_remove(store, STORE_IMAGE, wanted->words[1], err);
}

static const struct action {
    const char *name;
    int least, most;   /* words, with its own name; most 0: any number */
    const char *needs; /* besides */
    bool changes;      /* the store */
    int (*function)(const struct image_options *wanted, struct store *store, struct err *err);
} actions[] = {
    {"build", 3, 0, "a NAME and a SOURCE", true, build},
    {"import", 3, 3, "a NAME and a LAYOUT", true, import},
    {"commit", 3, 3, "a CONTAINER and a NAME", true, commit},
    {"list", 1, 1, "nothing more", false, list},
    {"history", 2, 2, "one NAME", false, history},
    {"layers", 2, 2, "one NAME", false, layers},
    {"remove", 2, 2, "one NAME", true, remove_image},
};

int command_image(int argc, char **argv, struct err *err)
{
    struct image_options wanted = {.from = NULL};
    struct store store;
    int answer;

    argp_parse(&parser, argc, argv, 0, NULL, &wanted);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        const struct action *action = &actions[i];

        if (strcmp(action->name, wanted.words[0]) != 0)
            continue;
        if (wanted.count < action->least || (action->most > 0 && wanted.count > action->most)) {
            err_set(err, "'%s' needs %s", action->name, action->needs);
            err_hint(err, "trivium help image");
            return STATUS_FAILED;
        }
        if (store_open(&store, action->changes, err) < 0)
            return STATUS_FAILED;
        answer = action->function(&wanted, &store, err);
        store_close(&store);
        return answer < 0 ? STATUS_FAILED : EXIT_SUCCESS;
    }
    err_set(err, "an image cannot be told to '%s'", wanted.words[0]);
    err_hint(err, "build, import, commit, list, history, layers or remove");
    return STATUS_FAILED;
}
