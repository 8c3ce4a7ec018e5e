/* contain_image.c: from a name to the layers of a container, and back; see contain_image.h. */
#include "cli/contain_image.h"

#include <unistd.h>

bool contain_keeps(const struct contain_options *wanted)
{
    return wanted != NULL && wanted->name != NULL && wanted->image != NULL && !wanted->forget;
}

/* Whether there will be a place for what it writes. */
static int check_name(const struct store *store, const struct image *image,
                      const struct contain_options *wanted, struct err *err)
{
    if (wanted->name != NULL && store_has(store, STORE_CONTAINER, wanted->name)) {
        err_set(err, "a container called '%s' is kept", wanted->name);
        return err_hint(err, "trivium rm %s; or another --name", wanted->name);
    }
    if (contain_keeps(wanted) && image->count == IMAGE_LAYERS_MOST)
        return err_set(err, "the image has %d layers, and what is written could not be one more",
                       IMAGE_LAYERS_MOST);
    return 0;
}

/* What the image would like, and what is wanted instead. */
static int take_config(struct launch *launch, const struct contain_options *wanted, struct err *err)
{
    struct contain *contain = launch->contain;
    struct image_config *config = &contain->image.config;
    size_t count = 0;

    for (unsigned i = 0; i < config->environment_count; i++)
        contain->environment[count++] = config->text + config->environment[i];
    for (unsigned i = 0; wanted->environment[i] != NULL; i++)
        contain->environment[count++] = wanted->environment[i];
    contain->workdir = config->workdir == 0 ? NULL : config->text + config->workdir;
    if (wanted->workdir != NULL)
        contain->workdir = wanted->workdir;
    if (launch->argv == NULL) {
        for (unsigned i = 0; i < config->command_count; i++)
            contain->command[i] = config->text + config->command[i];
        launch->argv = contain->command;
        launch->path = contain->command[0];
    }
    if (launch->path == NULL) {
        err_set(err, "the image '%s' does not say what is to be started", wanted->image);
        return err_hint(err, "trivium run --on container --image %s PROGRAM", wanted->image);
    }
    snprintf(contain->inside, sizeof contain->inside, "%.90s", launch->path);
    return 0;
}

int contain_image_open(struct launch *launch, const struct contain_options *wanted, struct err *err)
{
    struct contain *contain = launch->contain;
    struct overlay_source *source = &contain->source;
    struct image *image = &contain->image;
    struct store store;
    int answer;

    source->upper = wanted->writable;
    source->keeper = -1;
    if (store_open(&store, false, err) < 0)
        return -1;
    answer = store_load(&store, STORE_IMAGE, wanted->image, image, err);
    if (answer == 0)
        answer = check_name(&store, image, wanted, err);
    if (answer == 0)
        answer = take_config(launch, wanted, err);
    if (answer == 0)
        answer = archive_calls_load(&source->calls, err);
    for (size_t i = 0; answer == 0 && i < image->count; i++) {
        source->layers[i] = store_open_layer(&store, &image->layers[i], err);
        if (source->layers[i] < 0)
            answer = -1;
        else
            source->count++;
    }
    store_close(&store);
    return answer;
}

int contain_image_keep(const struct contain *contain, const char *name, struct err *err)
{
    struct image kept = contain->image;
    char source[96];
    struct layer_origin origin;
    struct store store;
    struct err ignored;
    int answer, upper = container_kept(contain->container, &origin);

    if (upper < 0) /* it ended before it could write */
        return 0;
    if (store_open(&store, true, err) < 0) {
        close(upper);
        return -1;
    }
    snprintf(source, sizeof source, "container %s", name);
    answer = store_has_layers(&store, &kept, err);
    if (answer == 0)
        answer = store_add_upper(&store, &contain->source.calls, upper, &origin, source,
                                 &kept.layers[kept.count], err);
    kept.count++;
    snprintf(kept.name, sizeof kept.name, "%s", name);
    if (answer == 0 && store_has(&store, STORE_CONTAINER, name))
        answer = err_set(err, "another container is kept under that name now");
    if (answer == 0)
        answer = store_save(&store, STORE_CONTAINER, &kept, err);
    if (answer < 0)
        store_sweep(&store, &ignored);
    store_close(&store);
    close(upper);
    return answer < 0 ? err_wrap(err, "what the container '%s' wrote is lost", name) : 0;
}
