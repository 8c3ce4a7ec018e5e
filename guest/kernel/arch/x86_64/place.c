/* Devices by the boot arguments: see words.h. */
#include "guest/kernel/place.h"

#include "guest/kernel/arch/x86_64/processor.h"
#include "guest/kernel/arch/x86_64/words.h"

enum {
    COM1 = 0x3f8,
    COM1_LINE = 4,
    UART_SIZE = 8,
    VIRTIO_SIZE = 0x1000,
    VIRTIO_MAX = 8,
    COPIER_SIZE = 16
};

bool place_find(enum device_kind kind, uint32_t index, struct place *place)
{
    uint64_t numbers[2] = {COM1, COM1_LINE};
    char name[] = "virtio0=";
    switch (kind) {
    case DEVICE_UART:
        words_numbers("uart=", numbers, ARRAY_SIZE(numbers));
        *place = (struct place){numbers[0], UART_SIZE, 0, (uint32_t)numbers[1]};
        return index == 0;
    case DEVICE_VIRTIO:
        if (index >= VIRTIO_MAX)
            return false;
        name[sizeof("virtio") - 1] = (char)('0' + index);
        if (words_numbers(name, numbers, ARRAY_SIZE(numbers)) < 2)
            return false;
        *place = (struct place){numbers[0], VIRTIO_SIZE, 0, (uint32_t)numbers[1]};
        return true;
    case DEVICE_COPIER:
        /* In ring 3 a device is dear, and copying is not. */
        if (ring3_is_on() || index > 0 || words_numbers("copier=", numbers, 1) < 1)
            return false;
        *place = (struct place){numbers[0], COPIER_SIZE, 0, 0};
        return true;
    }
    panic("device kind %d", (int)kind);
}
