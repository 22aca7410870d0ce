/* What a process is made to believe of its disk and its clock, steered from outside while it runs.
 *
 * Loaded with LD_PRELOAD. FAULTY_MACHINE_PAGE names a file of at least sizeof(struct page) bytes, which somebody else
 * writes (io.millrace.conformance.cluster.Machine has the same layout). Without it, or with zeros in it, nothing is
 * changed. Faults of the disk concern files below `folder` and nothing else; a fault of the disk does not touch what
 * lies there, but for what could not be written. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct page {
    int64_t sync_micros;  /* by which fsync and its like take longer */
    int64_t write_micros; /* by which writes take longer */
    int64_t sync_error;   /* what fsync and its like fail with, an errno */
    int64_t write_error;
    int64_t read_error;
    int64_t is_full;      /* whether `room` holds */
    int64_t room;         /* bytes that can still be written */
    int64_t clock_millis; /* by which the wall clock is ahead of the machine's */
    char folder[1024];    /* absolute, without a slash at the end */
};

static struct page nothing;
static volatile struct page *page = &nothing;

#define NEXT(name) ((__typeof__(&name))next_##name())
#define FORWARD(name)                                       \
    static void *next_##name(void) {                        \
        static void *found;                                 \
        if (!found) found = dlsym(RTLD_NEXT, #name);        \
        return found;                                       \
    }

__attribute__((constructor)) static void open_page(void) {
    const char *name = getenv("FAULTY_MACHINE_PAGE");
    int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) page = mapped;
}

static int is_below_folder(const char *path) {
    size_t length = strnlen((const char *)page->folder, sizeof page->folder);
    return length > 0 && strncmp(path, (const char *)page->folder, length) == 0
            && (path[length] == '/' || path[length] == 0);
}

/* Whether the file is one of those that faults concern. Keeps errno. */
static int is_concerned(int file) {
    char link[40], path[4096];
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length < 0) return 0;
    path[length] = 0;
    return is_below_folder(path);
}

static void take(int64_t micros) {
    int before = errno;
    struct timespec pause = {micros / 1000000, micros % 1000000 * 1000};
    if (micros > 0) nanosleep(&pause, NULL);
    errno = before;
}

/* Returns 0 when the sync may go on to the disk, else -1 with errno set. */
static int before_sync(int file) {
    int64_t micros = page->sync_micros, error = page->sync_error;
    if ((micros || error) && is_concerned(file)) {
        take(micros);
        if (error) {
            errno = (int)error;
            return -1;
        }
    }
    return 0;
}

static int before_read(int file) {
    int64_t error = page->read_error;
    if (error && is_concerned(file)) {
        errno = (int)error;
        return -1;
    }
    return 0;
}

/* Returns how many of the bytes may be written, or -1 with errno set: a full disk takes what still fits. */
static ssize_t before_write(int file, size_t bytes) {
    int64_t micros = page->write_micros, error = page->write_error;
    if (!(micros || error || page->is_full) || !is_concerned(file)) return (ssize_t)bytes;
    take(micros);
    if (error) {
        errno = (int)error;
        return -1;
    }
    if (!page->is_full || bytes == 0) return (ssize_t)bytes;
    int64_t left = __atomic_fetch_sub((int64_t *)&page->room, (int64_t)bytes, __ATOMIC_SEQ_CST);
    if (left >= (int64_t)bytes) return (ssize_t)bytes;
    int64_t missing = left > 0 ? (int64_t)bytes - left : (int64_t)bytes;
    __atomic_fetch_add((int64_t *)&page->room, missing, __ATOMIC_SEQ_CST);
    if (left > 0) return (ssize_t)left;
    errno = ENOSPC;
    return -1;
}

FORWARD(fsync)
int fsync(int file) { return before_sync(file) ? -1 : NEXT(fsync)(file); }

FORWARD(fdatasync)
int fdatasync(int file) { return before_sync(file) ? -1 : NEXT(fdatasync)(file); }

FORWARD(read)
ssize_t read(int file, void *to, size_t bytes) { return before_read(file) ? -1 : NEXT(read)(file, to, bytes); }

FORWARD(pread64)
ssize_t pread64(int file, void *to, size_t bytes, off64_t at) {
    return before_read(file) ? -1 : NEXT(pread64)(file, to, bytes, at);
}

ssize_t pread(int file, void *to, size_t bytes, off_t at) { return pread64(file, to, bytes, at); }

FORWARD(readv)
ssize_t readv(int file, const struct iovec *to, int count) {
    return before_read(file) ? -1 : NEXT(readv)(file, to, count);
}

FORWARD(sendfile64)
ssize_t sendfile64(int to, int from, off64_t *at, size_t bytes) {
    return before_read(from) ? -1 : NEXT(sendfile64)(to, from, at, bytes);
}

ssize_t sendfile(int to, int from, off_t *at, size_t bytes) { return sendfile64(to, from, at, bytes); }

FORWARD(write)
ssize_t write(int file, const void *from, size_t bytes) {
    ssize_t fits = before_write(file, bytes);
    return fits < 0 ? -1 : NEXT(write)(file, from, (size_t)fits);
}

FORWARD(pwrite64)
ssize_t pwrite64(int file, const void *from, size_t bytes, off64_t at) {
    ssize_t fits = before_write(file, bytes);
    return fits < 0 ? -1 : NEXT(pwrite64)(file, from, (size_t)fits, at);
}

ssize_t pwrite(int file, const void *from, size_t bytes, off_t at) { return pwrite64(file, from, bytes, at); }

/* Of several pieces as many whole ones as fit, and a part of the first when not even that does. */
FORWARD(writev)
ssize_t writev(int file, const struct iovec *from, int count) {
    size_t bytes = 0;
    for (int i = 0; i < count; i++) bytes += from[i].iov_len;
    ssize_t fits = before_write(file, bytes);
    if (fits < 0) return -1;
    if ((size_t)fits == bytes) return NEXT(writev)(file, from, count);
    int whole = 0;
    size_t held = 0;
    while (held + from[whole].iov_len <= (size_t)fits) held += from[whole++].iov_len;
    return whole > 0 ? NEXT(writev)(file, from, whole) : NEXT(write)(file, from[0].iov_base, (size_t)fits);
}

static void shrink(unsigned long *available, unsigned long *free, unsigned long unit) {
    int64_t room = page->room;
    *available = *free = room > 0 && unit > 0 ? (unsigned long)room / unit : 0;
}

FORWARD(statvfs64)
int statvfs64(const char *path, struct statvfs64 *found) {
    int result = NEXT(statvfs64)(path, found);
    if (result == 0 && page->is_full && is_below_folder(path)) {
        unsigned long available, free;
        shrink(&available, &free, found->f_frsize);
        found->f_bavail = available;
        found->f_bfree = free;
    }
    return result;
}

FORWARD(clock_gettime)
int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = NEXT(clock_gettime)(clock, now);
    int64_t ahead = page->clock_millis;
    if (ahead && result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t nanos = now->tv_nsec + ahead % 1000 * 1000000;
        now->tv_sec += ahead / 1000 + (nanos >= 1000000000) - (nanos < 0);
        now->tv_nsec = (nanos + 1000000000) % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *also) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (also) *also = precise.tv_sec;
    return precise.tv_sec;
}
