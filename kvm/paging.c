/* paging.c: what KVM's module says about page tables; see paging.h. */
#include "kvm/paging.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>

enum paging paging_read(const char *modules)
{
    static const char *const parameters[] = {"kvm_intel/parameters/ept", "kvm_amd/parameters/npt"};
    enum paging paging = PAGING_UNKNOWN;

    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        char path[PATH_MAX];
        FILE *file;
        int letter;

        snprintf(path, sizeof path, "%s/%s", modules, parameters[i]);
        file = fopen(path, "re");
        if (file == NULL)
            continue;
        letter = fgetc(file);
        if (letter == 'Y' || letter == '1')
            paging = PAGING_NESTED;
        else if (letter == 'N' || letter == '0')
            paging = PAGING_SHADOW;
        fclose(file);
    }
    return paging;
}

const char *paging_name(enum paging paging)
{
    switch (paging) {
    case PAGING_NESTED: return "nested paging";
    case PAGING_SHADOW: return "shadow paging";
    case PAGING_UNKNOWN: break;
    }
    return NULL;
}
