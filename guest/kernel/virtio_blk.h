/* The disk: a virtio block device as /dev/vda. */
#ifndef TRIVIUM_GUEST_KERNEL_VIRTIO_BLK_H
#define TRIVIUM_GUEST_KERNEL_VIRTIO_BLK_H

/* Finds the first one in the device tree and makes /dev/vda; without one there is no such file. */
void virtio_blk_boot(void);

#endif
