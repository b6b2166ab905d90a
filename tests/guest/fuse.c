// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuse.c - a FUSE file system with an empty directory, as desktops have some of them
 *
 * usage: fuse TYPE SOURCE DIR	(fuse.portal; what it calls its source; where it is mounted)
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void answer(int fd, uint64_t unique, int error, const void *body, size_t len)
{
	char buf[512];
	struct fuse_out_header head = { sizeof head + len, error, unique };

	memcpy(buf, &head, sizeof head);
	memcpy(buf + sizeof head, body, len);
	if (write(fd, buf, head.len) < 0)
		perror("answer");
}

int main(int argc, char **argv)
{
	static char request[1 << 17];
	const struct fuse_in_header *in = (void *)request;
	struct fuse_attr_out attr = { .attr = { .ino = 1, .mode = S_IFDIR | 0555, .nlink = 2 } };
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = 31,
				      .max_write = 4096 };
	struct fuse_open_out open_out = { 0 };
	char options[80];
	int fd = open("/dev/fuse", O_RDWR);

	if (argc != 4 || fd < 0)
		return 2;
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (mount(argv[2], argv[3], argv[1], MS_NOSUID | MS_NODEV, options) < 0) {
		perror("mount");
		return 1;
	}
	while (read(fd, request, sizeof request) > 0 || errno == EINTR || errno == ENOENT)
		switch (in->opcode) {
		case FUSE_INIT:
			answer(fd, in->unique, 0, &init, sizeof init);
			break;
		case FUSE_GETATTR:
			answer(fd, in->unique, 0, &attr, sizeof attr);
			break;
		case FUSE_OPENDIR:
			answer(fd, in->unique, 0, &open_out, sizeof open_out);
			break;
		case FUSE_READDIR:
		case FUSE_RELEASEDIR:
			answer(fd, in->unique, 0, NULL, 0);
			break;
		case FUSE_FORGET:
		case FUSE_BATCH_FORGET:
			break;
		default:
			answer(fd, in->unique, -ENOSYS, NULL, 0);
		}
	return 0;
}
