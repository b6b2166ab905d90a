// SPDX-License-Identifier: GPL-2.0-only
/* io.c - whole reads and writes, text files, the list of devices, page buffers */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "io.h"
#include "log.h"

#define LINES_BYTES 8192u	/* the flags of /proc/cpuinfo are one line */

static int transfer(bool out, int fd, const char *name, char *p, size_t len, uint64_t off,
		    char *why)
{
	ssize_t n;

	while (len > 0) {
		n = out ? pwrite(fd, p, len, off) : pread(fd, p, len, off);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(why, "%s %s at %llu: %s", out ? "write" : "read", name,
				      (ull)off, strerror(errno));
		if (n == 0)
			return refuse(why, "%s %s: it ends at %llu, %llu were wanted",
				      out ? "write" : "read", name, (ull)off, (ull)(off + len));
		p += n;
		len -= n;
		off += n;
	}
	return 0;
}

int read_why(int fd, const char *name, void *buf, size_t len, uint64_t off, char *why)
{
	return transfer(false, fd, name, buf, len, off, why);
}

int read_full(int fd, const char *name, void *buf, size_t len, uint64_t off)
{
	char why[WHY_SIZE];

	return transfer(false, fd, name, buf, len, off, why) < 0 ? fail("%s", why) : 0;
}

int write_full(int fd, const char *name, const void *buf, size_t len, uint64_t off)
{
	char why[WHY_SIZE];

	return transfer(true, fd, name, (char *)buf, len, off, why) < 0 ? fail("%s", why) : 0;
}

/* klibc has no preadv(): the descriptor's own offset is moved. */
static int transfer_v(bool out, int fd, const char *name, struct iovec *iov, int n, uint64_t off)
{
	ssize_t done;

	if (lseek(fd, off, SEEK_SET) < 0)
		return fail("seek %s to %llu:", name, (ull)off);
	while (n > 0) {
		done = out ? writev(fd, iov, n) : readv(fd, iov, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return fail("%s %s at %llu:", out ? "write" : "read", name, (ull)off);
		if (done == 0)
			return fail("%s %s: it ends at %llu", out ? "write" : "read", name,
				    (ull)off);
		off += done;
		while (n > 0 && (size_t)done >= iov->iov_len) {
			done -= iov->iov_len;
			iov++;
			n--;
		}
		if (n > 0) {
			iov->iov_base = (char *)iov->iov_base + done;
			iov->iov_len -= done;
		}
	}
	return 0;
}

int readv_full(int fd, const char *name, struct iovec *iov, int n, uint64_t off)
{
	return transfer_v(false, fd, name, iov, n, off);
}

int writev_full(int fd, const char *name, struct iovec *iov, int n, uint64_t off)
{
	return transfer_v(true, fd, name, iov, n, off);
}

int read_text(const char *path, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail("open %s:", path);
	while (len < size && ((n = read(fd, buf + len, size - len)) > 0 ||
			      (n < 0 && errno == EINTR)))
		len += n > 0 ? n : 0;
	if (len < size && n < 0) {
		fail("read %s:", path);
		close(fd);
		return -1;
	}
	close(fd);
	if (len == size)
		return fail("read %s: longer than %zu bytes", path, size - 1);
	buf[len] = 0;
	return len;
}

int read_lines(const char *path, bool (*take)(char *line, void *arg), void *arg)
{
	char buf[LINES_BYTES + 1], *line, *end;
	size_t have = 0;
	ssize_t n;
	int ret = 0, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail("open %s:", path);
	while (!ret && ((n = read(fd, buf + have, LINES_BYTES - have)) > 0 ||
			(n < 0 && errno == EINTR))) {
		have += n > 0 ? n : 0;
		buf[have] = 0;
		for (line = buf; !ret && (end = strchr(line, '\n')); line = end + 1) {
			*end = 0;
			ret = take(line, arg);
		}
		have -= line - buf;
		memmove(buf, line, have + 1);	/* with its NUL */
		if (!ret && have == LINES_BYTES)
			ret = fail("read %s: a line of more than %u bytes", path, LINES_BYTES);
	}
	if (!ret && n < 0)
		ret = fail("read %s:", path);
	else if (!ret && have)
		ret = take(buf, arg);	/* without a newline at its end */
	close(fd);
	return ret;
}

struct looker {
	bool (*look)(const char *path, void *arg);
	void *arg;
};

/* "major minor blocks name", behind two lines of heading */
static bool take_partition(char *line, void *arg)
{
	const struct looker *l = arg;
	char path[DEVICE_NAME], *name = strrchr(line, ' ');

	if (!name || !name[1] || !strcmp(name + 1, "#blocks") || strlen(name + 1) >= 64)
		return false;
	snprintf(path, sizeof path, "/dev/%s", name + 1);
	return l->look(path, l->arg);
}

bool devices_look(bool (*look)(const char *path, void *arg), void *arg)
{
	struct looker l = { look, arg };

	return read_lines("/proc/partitions", take_partition, &l) > 0;
}

static void *map(size_t bytes, int kind)
{
	void *p = mmap(NULL, bytes + !bytes, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		fail("allocate %zu bytes:", bytes);
		return NULL;
	}
	return p;
}

void *alloc_pages(size_t bytes)
{
	return map(bytes, MAP_PRIVATE);
}

void *alloc_shared(size_t bytes)
{
	return map(bytes, MAP_SHARED);
}

void free_pages(void *pages, size_t bytes)
{
	if (pages)
		munmap(pages, bytes + !bytes);
}
