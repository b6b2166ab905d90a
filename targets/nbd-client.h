/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nbd-client.h - the NBD protocol over a pair of descriptors
 *
 * Source: doc/proto.md of the NetworkBlockDevice project: fixed newstyle negotiation,
 * NBD_OPT_GO, simple replies.  Every byte that comes from the server is hostile, and so is every
 * pause: the negotiation, and each request or reply of NBD_PART at most, has a limit.
 */
#ifndef TARGETS_NBD_CLIENT_H
#define TARGETS_NBD_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../image/target-spec.h"

#define NBD_WAIT_MS	20000u		/* usual limit */
#define NBD_PART	(1u << 20)	/* bytes in one request, at most: all servers take it */
#define NBD_FLIGHT	8		/* requests that have no reply yet */
#define NBD_EXPORT	4096u		/* bytes of a name, at most */

struct nbd {
	int in, out;			/* may be the same; not blocking */
	char name[TARGET_NAME];		/* for messages */
	unsigned int wait_ms;		/* the limit */
	uint64_t end;			/* of the negotiation, by now_ms(); 0: it is over */
	uint64_t size;
	bool read_only, can_flush;
	bool durable;			/* it can say when what was written is on its disk */
	bool broken;			/* nothing more goes through it */
	uint64_t cookie;		/* of the next request */
	struct nbd_request {
		uint64_t cookie;	/* 0: none */
		uint8_t *buf;		/* of a read */
		size_t len;
		uint64_t off;
	} flight[NBD_FLIGHT];
	int nflight;
};

/* The descriptors are connected.  What the export is; 0, or -1 and said. */
int nbd_negotiate(struct nbd *c, const char *export);

/* All of n buffers, several requests at once; iov stays. */
struct iovec;
int nbd_readv(struct nbd *c, const struct iovec *iov, int n, uint64_t off);
int nbd_writev(struct nbd *c, const struct iovec *iov, int n, uint64_t off);
int nbd_flush(struct nbd *c);

/* Say goodbye; the descriptors stay open. */
void nbd_disconnect(struct nbd *c);

#endif
